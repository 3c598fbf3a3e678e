// Lo que axe no mide. Cada función da la lista de lo que está mal, o dice dónde está el foco.
(() => {
  const quien = (e) => e.outerHTML.replace(/\s+/g, " ").slice(0, 110);
  const a_la_vista = (e) => e.checkVisibility({ visibilityProperty: true });
  const SE_PULSA = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const del_grupo = (a, b) => a.type === "radio" && a.name === b.name && a.form === b.form;

  const paradas = () => {
    const todas = [...document.querySelectorAll(SE_PULSA)].filter(
      (e) => e.tabIndex >= 0 && !e.disabled && a_la_vista(e),
    );
    // De un grupo de opciones se para en la marcada o, si no hay, en la primera.
    return todas.filter((e) => {
      if (e.type !== "radio") return true;
      const grupo = todas.filter((otra) => del_grupo(otra, e));
      return e === (grupo.find((otra) => otra.checked) ?? grupo[0]);
    });
  };

  const lugar = (orden, e) => {
    const propio = orden.findIndex((otra) => otra === e || del_grupo(otra, e));
    if (propio >= 0) return propio;
    if (e === document.body) return -1;
    const despues = orden.findIndex((otra) => e.compareDocumentPosition(otra) & 4);
    return (despues < 0 ? orden.length : despues) - 0.5;
  };

  return {
    // Dónde está el foco respecto de adonde se quiere llegar.
    donde(objetivo) {
      const foco = document.activeElement;
      const orden = paradas();
      const distancia = lugar(orden, objetivo) - lugar(orden, foco);
      return {
        llego: foco === objetivo,
        grupo: foco !== objetivo && del_grupo(foco, objetivo),
        atras: Boolean(foco.compareDocumentPosition(objetivo) & Node.DOCUMENT_POSITION_PRECEDING),
        faltan: (distancia < 0 ? -1 : 1) * Math.max(1, Math.ceil(Math.abs(distancia))),
        quien: quien(foco),
        se_ve: this.foco_perdido().length === 0,
      };
    },

    // Quien tiene el foco se distingue y está dentro de la pantalla.
    foco_perdido() {
      const foco = document.activeElement;
      if (foco === document.body) return [];
      const caja = foco.getBoundingClientRect();
      const dentro = caja.width > 0 && caja.bottom > 0 && caja.top < innerHeight
        && caja.right > 0 && caja.left < innerWidth;
      const marcado = getComputedStyle(foco).outlineStyle !== "none" || foco.tabIndex < 0;
      return dentro && marcado ? [] : [`no se ve el foco: ${quien(foco)}`];
    },

    // Las paradas de Tab, en su orden.
    paradas: () => paradas().map(quien),

    desborda() {
      const ancho = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= ancho) return [];
      const [culpable] = [...document.body.querySelectorAll("*")]
        .filter((e) => a_la_vista(e))
        .map((e) => [e.getBoundingClientRect().right, e])
        .sort(([una], [otra]) => otra - una);
      return [`se sale de ${ancho} px hasta ${culpable[0].toFixed(1)}: ${quien(culpable[1])}`];
    },

    // Lo que se toca mide 24 px o más; un enlace dentro de una frase, lo que mida su letra.
    chicos() {
      const en_frase = (e) => getComputedStyle(e).display.startsWith("inline")
        && [...e.parentElement.childNodes].some((n) => n.nodeType === 3 && /\p{L}/u.test(n.data));
      return [...document.querySelectorAll(SE_PULSA)]
        .filter((e) => a_la_vista(e) && e.tabIndex >= 0 && !en_frase(e))
        .map((e) => [e, e.getBoundingClientRect()])
        .filter(([, caja]) => caja.right > 0 && (caja.width < 24 || caja.height < 24))
        .map(([e, c]) => `mide ${c.width.toFixed(1)} × ${c.height.toFixed(1)}: ${quien(e)}`);
    },

    // La ayuda y el error de cada campo están atados a su control; el resumen lleva a cada uno.
    sueltos() {
      const malos = [];
      const describe = (e) => (e.getAttribute("aria-describedby") ?? "").split(/\s+/).filter(Boolean);
      for (const texto of document.querySelectorAll(
        ".campo p:is(.ayuda, .error, .aviso-campo, .observado)",
      )) {
        const controles = [...texto.closest(".campo").querySelectorAll("[aria-describedby]")];
        if (!controles.some((e) => texto.id && describe(e).includes(texto.id)))
          malos.push(`nadie lo nombra: ${quien(texto)}`);
      }
      for (const e of document.querySelectorAll("[aria-describedby]"))
        for (const id of describe(e))
          if (!document.getElementById(id)) malos.push(`no existe #${id}: ${quien(e)}`);
      for (const campo of document.querySelectorAll(".campo.con-error"))
        if (!campo.querySelector("[aria-invalid=true], fieldset[aria-describedby]"))
          malos.push(`no dice que está mal: ${quien(campo)}`);
      for (const vinculo of document.querySelectorAll("#resumen-errores a[href^='#']")) {
        const destino = document.getElementById(vinculo.hash.slice(1));
        if (!destino?.matches("input, select, textarea, [role=group][tabindex='-1']"))
          malos.push(`no lleva a un control: ${quien(vinculo)}`);
      }
      return malos;
    },

    pagina() {
      const malos = [];
      if (document.documentElement.lang !== "es-PE") malos.push("la página no dice es-PE");
      if (!document.title.trim()) malos.push("la página no tiene título");
      const resumen = document.getElementById("resumen-errores");
      if (resumen && document.activeElement !== resumen)
        malos.push(`el resumen no tomó el foco: ${quien(document.activeElement)}`);
      if (Boolean(resumen) !== document.title.startsWith("Error: "))
        malos.push(`el título no dice si hay errores: ${document.title}`);
      const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
      for (const id of new Set(ids))
        if (ids.indexOf(id) !== ids.lastIndexOf(id)) malos.push(`#${id} está repetido`);
      return malos;
    },
  };
})()
