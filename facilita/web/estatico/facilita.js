// Todo funciona sin este archivo: solo ahorra pasos.
(() => {
  "use strict";
  const imprimir = document.querySelector("[data-imprimir]");
  if (imprimir) {
    imprimir.hidden = false;
    imprimir.addEventListener("click", () => window.print());
  }

  // El distrito: sugiere mientras se escribe.
  for (const distrito of document.querySelectorAll("[data-sugiere]")) {
    const lista = document.getElementById(distrito.getAttribute("list"));
    let espera;
    let anterior = "";
    distrito.addEventListener("input", () => {
      clearTimeout(espera);
      const texto = distrito.value.trim();
      if (texto.length < 2 || texto === anterior) return;
      espera = setTimeout(async () => {
        anterior = texto;
        try {
          const respuesta = await fetch(`${distrito.dataset.sugiere}?q=${encodeURIComponent(texto)}`);
          if (!respuesta.ok) return;
          const opciones = (await respuesta.json()).map(({ nombre }) => {
            const opcion = document.createElement("option");
            opcion.value = nombre;
            return opcion;
          });
          lista.replaceChildren(...opciones);
        } catch { /* sin red se escribe igual */ }
      }, 200);
    });
  }

  // Lo que se escribió mientras subía no iba en el envío: pasa tal cual a la página nueva.
  const conservar = (formulario, enviado, nuevo) => {
    for (const control of formulario.elements) {
      const gemelo = control.id && nuevo.querySelector(`#${CSS.escape(control.id)}`);
      if (!gemelo || control.type === "file" || gemelo.type !== control.type) continue;
      if (control.type === "radio" || control.type === "checkbox") {
        const iba = enviado.getAll(control.name).includes(control.value);
        if (control.checked !== iba) gemelo.checked = control.checked;
      } else if (control.value !== enviado.get(control.name)) {
        gemelo.value = control.value;
      }
    }
  };
  // Lo que pesa demasiado se dice antes de gastar los datos de nadie.
  const sobra = (control) => {
    control.parentElement.querySelector("[role=alert]")?.remove();
    const grande = [...control.files].find((a) => a.size > Number(control.dataset.maximo || Infinity));
    if (!grande) return false;
    const aviso = document.createElement("p");
    aviso.className = "error";
    aviso.setAttribute("role", "alert");
    const megas = (bytes) => (bytes / 1048576).toLocaleString("es-PE", { maximumFractionDigits: 1 });
    aviso.textContent = `«${grande.name}» pesa ${megas(grande.size)} MB; el máximo es ${megas(control.dataset.maximo)} MB. Elige otro.`;
    control.before(aviso);
    control.value = "";
    control.focus();
    return true;
  };
  // Los archivos: se suben al elegirlos, con su avance, y la página sigue donde estaba.
  let enCurso;
  const subir = (control) => {
    enCurso?.abort();
    const formulario = control.form;
    const datos = new FormData(formulario);
    datos.set("accion", "subir");
    datos.set("ancla", control.name);
    control.parentElement.querySelector("[role=status]")?.remove();
    const caja = document.createElement("p");
    caja.className = "ayuda";
    caja.setAttribute("role", "status");
    const barra = document.createElement("progress");
    barra.max = 1;
    const texto = document.createElement("span");
    texto.textContent = "Subiendo tu archivo… ";
    caja.append(texto, barra);
    control.after(caja);
    // De a un archivo: el siguiente espera, y «Continuar» también.
    const esperan = [...formulario.querySelectorAll("button, [data-subir]")];
    for (const otro of esperan) otro.disabled = otro !== control;
    const envio = enCurso = new XMLHttpRequest();
    envio.open("POST", formulario.action);
    envio.upload.addEventListener("progress", (e) => {
      if (e.lengthComputable) {
        barra.value = e.loaded / e.total;
        texto.textContent = `Subiendo tu archivo: ${Math.round(barra.value * 100)} %. `;
      }
    });
    envio.addEventListener("load", () => {
      const pagina = new DOMParser().parseFromString(envio.responseText, "text/html");
      const nuevo = pagina.getElementById("contenido");
      if (!nuevo || !pagina.querySelector("form.formulario")) {
        return fallar(pagina.querySelector(".entrada")?.textContent);
      }
      conservar(formulario, datos, nuevo);
      const activo = document.activeElement;
      const tecleaba = activo !== control && formulario.contains(activo) && activo.id;
      document.title = pagina.title;
      // El foco se pone abajo: dos pedidos de foco se estorban.
      nuevo.querySelectorAll("[autofocus]").forEach((e) => e.removeAttribute("autofocus"));
      document.getElementById("contenido").replaceWith(nuevo);
      if (envio.responseURL && envio.responseURL.split("#")[0] !== location.href.split("#")[0]) {
        history.replaceState(null, "", envio.responseURL);
      }
      preparar();
      const foco = document.getElementById(tecleaba)
        || document.getElementById("resumen-errores") || document.getElementById(control.name);
      if (foco) foco.focus();
    });
    const fallar = (motivo) => {
      texto.textContent = motivo || "Se cortó la conexión. Elige otra vez el archivo para seguir.";
      barra.remove();
      for (const otro of esperan) otro.disabled = false;
      control.value = "";
    };
    envio.addEventListener("error", () => fallar());
    envio.addEventListener("timeout", () => fallar());
    envio.send(datos);
  };
  const preparar = () => {
    // En la primera página todavía no hay borrador donde dejarlo.
    if (!location.pathname.includes("/borrador/")) return;
    for (const control of document.querySelectorAll("[data-subir]")) {
      control.addEventListener("change", () => {
        if (control.files.length && !sobra(control)) subir(control);
      });
    }
  };
  preparar();

  // Una página que el navegador tenía guardada puede mostrar lo que ya cambió.
  addEventListener("pageshow", (e) => {
    if (e.persisted && location.pathname.includes("/borrador/")) location.reload();
  });

  // Lo que se cierra solo avisa cinco minutos antes, y un botón lo alarga.
  const plazo = document.querySelector("[data-vence]");
  if (plazo && window.HTMLDialogElement) {
    const { que, alargar, csrf } = plazo.dataset;
    let fin = Date.now() + plazo.dataset.vence * 1000;
    let dicho = false;
    const ventana = document.createElement("dialog");
    const titulo = document.createElement("h2");
    titulo.id = "titulo-plazo";
    ventana.setAttribute("aria-labelledby", titulo.id);
    const texto = document.createElement("p");
    const boton = document.createElement("button");
    boton.className = "principal";
    boton.textContent = alargar ? "Necesito más tiempo" : "Entendido";
    ventana.append(titulo, texto, boton);
    document.body.append(ventana);
    boton.addEventListener("click", async () => {
      if (!alargar || ventana.dataset.fallo) return ventana.close();
      try {
        const respuesta = await fetch(alargar, {
          method: "POST", headers: { Accept: "application/json", "X-CSRFToken": csrf || "" },
        });
        if (!respuesta.ok || respuesta.redirected) throw respuesta;
        fin = Date.now() + (await respuesta.json()).segundos * 1000;
        dicho = false;
        ventana.close();
      } catch {
        texto.textContent = "No pudimos alargarlo. Guarda ya lo que llevas.";
        boton.textContent = "Entendido";
        ventana.dataset.fallo = "si";
      }
    });
    const mirar = () => {
      const quedan = fin - Date.now();
      if (dicho || quedan > 300000 || quedan <= 0) return;
      dicho = true;
      titulo.textContent = `${que} pronto`;
      texto.textContent = `Será a las ${new Date(fin).toLocaleTimeString("es-PE", { timeStyle: "short" })}. Lo que escribiste sigue en la página.`;
      ventana.showModal();
    };
    mirar();
    setInterval(mirar, 10000);
  }

  // Presentar dos veces es presentar una; aun así, un toque basta.
  document.addEventListener("submit", (e) => {
    const boton = e.submitter;
    if (!boton || e.target.dataset.enviado) { if (e.target.dataset.enviado) e.preventDefault(); return; }
    e.target.dataset.enviado = "si";
    setTimeout(() => delete e.target.dataset.enviado, 8000);
  });
})();
