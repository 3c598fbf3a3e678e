// Los archivos suben al elegirlos y por trozos (tus 1.0): si la línea se corta, siguen solos desde
// donde iban. Sin este archivo suben con la página.
(() => {
  "use strict";
  const MENOR = 64 * 1024, MAYOR = 4 * 1024 * 1024, QUIETO = 60000;
  // El trozo crece en una línea buena y se achica cuando se corta.
  let tamano = 512 * 1024;
  // Lo que se está subiendo: { control, cola, peticion, url }.
  let turno;
  class Negada extends Error {}
  class Cortada extends Error {}

  const megas = (n) => n < 1048576 ? `${Math.ceil(n / 1024)} KB` : `${+(n / 1048576).toFixed(1)} MB`;
  const crear = (etiqueta, clase, texto = "") => {
    const nuevo = document.createElement(etiqueta);
    nuevo.className = clase;
    nuevo.textContent = texto;
    return nuevo;
  };
  const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
  const en64 = (texto) => base64(new TextEncoder().encode(texto));
  const digerir = async (datos) => crypto.subtle && crypto.subtle.digest("SHA-256", datos);
  const esperar = (cuanto) => new Promise((listo) => {
    setTimeout(listo, cuanto);
    addEventListener("online", listo, { once: true });
  });

  // Una petición que no se queda colgada: si nada se mueve, la línea está cortada.
  const pedir = (suyo, metodo, url, cabeceras, cuerpo, avance) => new Promise((bien, mal) => {
    const envio = suyo.peticion = new XMLHttpRequest();
    let reloj;
    const vive = () => {
      clearTimeout(reloj);
      reloj = setTimeout(() => envio.abort(), QUIETO);
    };
    envio.open(metodo, url);
    for (const [nombre, valor] of Object.entries(cabeceras)) envio.setRequestHeader(nombre, valor);
    envio.upload.onprogress = (e) => { vive(); avance?.(e.loaded); };
    envio.onload = () => bien(envio);
    envio.onerror = envio.ontimeout = envio.onabort = () => mal(new Cortada());
    envio.onloadend = () => clearTimeout(reloj);
    vive();
    envio.send(cuerpo);
  });
  const tus = async (suyo, metodo, url, cabeceras = {}, cuerpo = null, avance = null) => {
    const r = await pedir(suyo, metodo, url, { "Tus-Resumable": "1.0.0", ...cabeceras }, cuerpo, avance);
    if (r.status >= 500) throw new Cortada();
    return r;
  };
  const negar = (r, { name }) => new Negada((r.getResponseHeader("Content-Type") || "").startsWith("text/plain")
    ? r.responseText : `No pudimos recibir «${name}». Elígelo otra vez.`);

  const base = () => location.pathname.replace(/[^/]*$/, "");
  const abrir = async (suyo, archivo, campo) => {
    const visto = suyo.control.form.elements["-visto"];
    const r = await tus(suyo, "POST", `${base()}archivo`, {
      "Upload-Length": archivo.size,
      "Upload-Metadata": `campo ${en64(campo)},filename ${en64(archivo.name)}${visto ? `,visto ${en64(visto.value)}` : ""}`,
    });
    if (r.status !== 201) throw negar(r, archivo);
    return [r.getResponseHeader("Location"), 0];
  };
  // Lo que quedó a medias se sigue si cada trozo que llegó es igual al del archivo elegido.
  const retomar = async (suyo, archivo, campo) => {
    for (const resto of document.querySelectorAll(`[data-de="${campo}"] [data-largo="${archivo.size}"]`)) {
      const url = `${base()}archivo/parcial/${resto.dataset.parcial}`;
      const r = await tus(suyo, "GET", url);
      let desde = r.status === 200 ? 0 : null;
      for (const [largo, huella] of desde === 0 ? JSON.parse(r.responseText).trozos : []) {
        const suma = await digerir(await archivo.slice(desde, desde + largo).arrayBuffer());
        const hexa = suma && [...new Uint8Array(suma)].map((b) => b.toString(16).padStart(2, "0")).join("");
        if (hexa !== huella) { desde = null; break; }
        desde += largo;
      }
      if (desde) return [url, desde];
    }
    return null;
  };
  const trozo = async (suyo, archivo, desde, avance) => {
    const datos = await archivo.slice(desde, desde + tamano).arrayBuffer();
    const suma = await digerir(datos);
    const empezo = performance.now();
    const r = await tus(suyo, "PATCH", suyo.url, {
      "Content-Type": "application/offset+octet-stream",
      "Upload-Offset": desde,
      ...(suma && { "Upload-Checksum": `sha256 ${base64(suma)}` }),
    }, datos, (n) => avance(desde + n));
    if (r.status === 204 && performance.now() - empezo < 2000) tamano = Math.min(tamano * 2, MAYOR);
    return r;
  };

  // Sube un archivo entero, con las veces que haga falta; al volver, ya llegó o se dijo por qué no.
  const subir = async (suyo, archivo, campo, caja) => {
    let fallas = 0, desde = null, otra = true;
    suyo.url = null;
    for (;;) {
      try {
        if (!suyo.url) {
          [suyo.url, desde] = await retomar(suyo, archivo, campo) || await abrir(suyo, archivo, campo);
        } else if (desde === null) {
          const va = await tus(suyo, "HEAD", suyo.url);
          desde = va.status === 200 ? Number(va.getResponseHeader("Upload-Offset")) : null;
          if (desde === null && !otra) throw negar(va, archivo);
          if (desde === null) { otra = false; suyo.url = null; continue; }
        }
        caja.sigue(desde);
        if (desde >= archivo.size) return suyo.url;
        const r = await trozo(suyo, archivo, desde, caja.avance);
        if (r.status === 422) return suyo.url;
        if (r.status === 204) { desde = Number(r.getResponseHeader("Upload-Offset")); fallas = 0; continue; }
        if (![404, 409, 410, 460].includes(r.status)) throw negar(r, archivo);
        throw new Cortada();
      } catch (falla) {
        if (suyo.dejado || falla instanceof Negada) throw falla;
        if (!(falla instanceof Cortada)) throw new Negada(`No se puede leer «${archivo.name}». Elígelo otra vez.`);
        desde = null;
        tamano = Math.max(tamano / 2, MENOR);
        caja.cortada();
        await esperar(Math.min(500 * 2 ** fallas++, 30000));
        if (suyo.dejado) throw falla;
      }
    }
  };

  // Lo que se ve de un archivo que sube. A quien escucha se le dice cada cuarto, no cada byte.
  const dibujar = (suyo, archivo, dejar) => {
    const { control } = suyo;
    const caja = crear("div", "subida");
    const cuanto = crear("span", "dato");
    const barra = document.createElement("progress");
    const dicho = crear("p", "dato");
    const boton = crear("button", "enlace", "Cancelar");
    const cabeza = crear("p", "");
    boton.type = "button";
    boton.append(crear("span", "oculto", ` ${archivo.name}`));
    boton.addEventListener("click", dejar);
    barra.max = archivo.size || 1;
    barra.setAttribute("aria-label", `Subiendo ${archivo.name}`);
    cuanto.setAttribute("aria-hidden", "true");
    dicho.setAttribute("role", "status");
    cabeza.append(crear("span", "nombre", archivo.name), " ", cuanto);
    caja.append(cabeza, barra, dicho, boton);
    control.after(caja);
    let cuarto = -1;
    const avance = (van) => {
      barra.value = van;
      cuanto.textContent = `${megas(van)} de ${megas(archivo.size)}`;
      const ahora = Math.floor((van / barra.max) * 4);
      if (ahora === cuarto) return;
      cuarto = ahora;
      dicho.textContent = ahora > 3 ? "Revisando…" : `Van ${ahora * 25} %.`;
    };
    return {
      avance,
      sigue: (van) => { if (caja.dataset.cortada) cuarto = -1; delete caja.dataset.cortada; detener(suyo, true); avance(van); },
      cortada: () => {
        caja.dataset.cortada = "si";
        dicho.textContent = "Se cortó la conexión. Seguirá solo.";
        detener(suyo, false);
      },
      quitar: () => caja.remove(),
    };
  };
  // Mientras sube, «Continuar» y los otros archivos esperan; si se cortó, se puede hacer otra cosa.
  const detener = ({ control }, si) => {
    for (const otro of control.form.querySelectorAll("button:not([type=button]), [data-subir]")) {
      otro.disabled = si && otro !== control;
    }
  };
  const avisar = (control, texto) => {
    const id = `${control.id}-negado`;
    const antes = document.getElementById(id);
    if (antes) { antes.textContent += ` ${texto}`; return; }
    const aviso = crear("p", "error", texto);
    aviso.id = id;
    aviso.setAttribute("role", "alert");
    control.before(aviso);
    const descrito = control.getAttribute("aria-describedby") || "";
    if (!descrito.includes(id)) control.setAttribute("aria-describedby", `${descrito} ${id}`);
  };

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
  // Guarda la página y la cambia por como quedó; da el control de archivos de la nueva.
  const refrescar = async (suyo, llegaron) => {
    const { control } = suyo, formulario = control.form;
    const esperan = [...formulario.querySelectorAll(":disabled:is(button, [data-subir])")];
    for (const otro of esperan) otro.disabled = false;
    const datos = new FormData(formulario);
    for (const otro of esperan) otro.disabled = true;
    for (const archivo of formulario.querySelectorAll("[type=file]")) datos.delete(archivo.name);
    datos.set("accion", "subir");
    datos.set("ancla", control.name);
    for (const url of llegaron) datos.append("llegaron", url.split("/").pop());
    const r = await pedir(suyo, "POST", formulario.action, {}, datos);
    const pagina = new DOMParser().parseFromString(r.responseText, "text/html");
    const nuevo = pagina.getElementById("contenido");
    if (!nuevo || !pagina.querySelector("form.formulario")) {
      throw new Negada(pagina.querySelector(".entrada")?.textContent || "No pudimos guardar la página.");
    }
    conservar(formulario, datos, nuevo);
    const activo = document.activeElement;
    const tecleaba = activo !== control && formulario.contains(activo) && activo.id;
    document.title = pagina.title;
    // El foco se pone abajo: dos pedidos de foco se estorban.
    nuevo.querySelectorAll("[autofocus]").forEach((e) => e.removeAttribute("autofocus"));
    document.getElementById("contenido").replaceWith(nuevo);
    if (r.responseURL && r.responseURL.split("#")[0] !== location.href.split("#")[0]) {
      history.replaceState(null, "", r.responseURL);
    }
    preparar();
    suyo.control = document.getElementById(control.id) || control;
    (document.getElementById(tecleaba) || document.getElementById("resumen-errores") || suyo.control).focus();
  };
  const insistir = async (suyo, llegaron, caja) => {
    for (let fallas = 0; ; fallas++) {
      try {
        return await refrescar(suyo, llegaron);
      } catch (falla) {
        if (suyo.dejado || !(falla instanceof Cortada)) throw falla;
        caja?.cortada();
        await esperar(Math.min(500 * 2 ** fallas, 30000));
      }
    }
  };

  const empezar = async (suyo) => {
    const llegaron = [], negados = [];
    let archivo, caja;
    const dejar = () => {
      suyo.dejado = true;
      suyo.peticion?.abort();
      if (suyo.url) fetch(suyo.url, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } }).catch(() => {});
      detener(suyo, false);
      caja?.quitar();
      turno = null;
    };
    suyo.dejar = dejar;
    try {
      // En la primera página todavía no hay borrador donde dejarlos.
      if (!location.pathname.includes("/borrador/")) await insistir(suyo, []);
      while ((archivo = suyo.cola.shift())) {
        caja = dibujar(suyo, archivo, () => { dejar(); if (llegaron.length || suyo.cola.length) seguir(suyo, llegaron); else suyo.control.focus(); });
        caja.sigue(0);
        try {
          llegaron.push(await subir(suyo, archivo, suyo.control.name, caja));
        } catch (falla) {
          if (suyo.dejado || !(falla instanceof Negada)) throw falla;
          negados.push(falla.message);
        }
        if (suyo.cola.length) caja.quitar();
      }
      if (llegaron.length) await insistir(suyo, llegaron, caja);
    } catch (falla) {
      if (suyo.dejado) return;
      negados.push(falla.message);
    }
    turno = null;
    detener(suyo, false);
    caja?.quitar();
    for (const texto of negados) avisar(suyo.control, texto);
    if (negados.length) suyo.control.focus();
  };
  // Se canceló uno: los que ya llegaron se muestran y los que esperaban suben.
  const seguir = async (antes, llegaron) => {
    turno = { control: antes.control, cola: antes.cola };
    if (llegaron.length) await insistir(turno, llegaron);
    empezar(turno);
  };

  const elegidos = (control) => {
    control.parentElement.querySelectorAll("[role=alert]").forEach((a) => a.remove());
    const maximo = Number(control.dataset.maximo || Infinity);
    const archivos = [...control.files];
    control.value = "";
    // Lo que pesa demasiado se dice antes de gastar los datos de nadie.
    const grandes = archivos.filter((a) => a.size > maximo);
    for (const a of grandes) avisar(control, `«${a.name}» pesa ${megas(a.size)}; el máximo es ${megas(maximo)}. Elige otro.`);
    if (grandes.length) control.focus();
    const cola = archivos.filter((a) => a.size <= maximo);
    if (!cola.length) return;
    if (turno?.control === control && control.multiple) { turno.cola.push(...cola); return; }
    turno?.dejar?.();
    empezar(turno = { control, cola });
  };
  const preparar = () => {
    for (const control of document.querySelectorAll("[data-subir]")) {
      control.addEventListener("change", () => { if (control.files.length) elegidos(control); });
    }
  };
  preparar();
})();
