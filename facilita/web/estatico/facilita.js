// Todo funciona sin este archivo: solo ahorra pasos.
(() => {
  "use strict";
  const imprimir = document.querySelector("[data-imprimir]");
  if (imprimir) {
    imprimir.hidden = false;
    imprimir.addEventListener("click", () => window.print());
  }

  // El distrito: sugiere mientras se escribe.
  const distrito = document.querySelector("[data-sugiere]");
  if (distrito) {
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

  // Los archivos: se suben al elegirlos, con su avance, y la página sigue donde estaba.
  const subir = (control) => {
    const formulario = control.form;
    const datos = new FormData(formulario);
    datos.set("accion", "subir");
    datos.set("ancla", control.name);
    const caja = document.createElement("p");
    caja.className = "ayuda";
    caja.setAttribute("role", "status");
    const barra = document.createElement("progress");
    barra.max = 1;
    const texto = document.createElement("span");
    texto.textContent = "Subiendo tu archivo… ";
    caja.append(texto, barra);
    control.after(caja);
    const boton = formulario.querySelector("button[value=continuar]");
    if (boton) boton.disabled = true;
    const envio = new XMLHttpRequest();
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
      if (!nuevo || !pagina.querySelector("form.formulario")) return fallar();
      document.getElementById("contenido").replaceWith(nuevo);
      if (envio.responseURL && envio.responseURL.split("#")[0] !== location.href.split("#")[0]) {
        history.replaceState(null, "", envio.responseURL);
      }
      preparar();
      const foco = document.getElementById("resumen-errores") || document.getElementById(control.name);
      if (foco) foco.focus();
    });
    const fallar = () => {
      texto.textContent = "Se cortó la conexión. Elige otra vez el archivo para seguir.";
      barra.remove();
      if (boton) boton.disabled = false;
      control.value = "";
    };
    envio.addEventListener("error", fallar);
    envio.addEventListener("timeout", fallar);
    envio.send(datos);
  };
  const preparar = () => {
    // En la primera página todavía no hay borrador donde dejarlo.
    if (!location.pathname.includes("/borrador/")) return;
    for (const control of document.querySelectorAll("[data-subir]")) {
      control.addEventListener("change", () => { if (control.files.length) subir(control); });
    }
  };
  preparar();

  // Presentar dos veces es presentar una; aun así, un toque basta.
  document.addEventListener("submit", (e) => {
    const boton = e.submitter;
    if (!boton || e.target.dataset.enviado) { if (e.target.dataset.enviado) e.preventDefault(); return; }
    e.target.dataset.enviado = "si";
    setTimeout(() => delete e.target.dataset.enviado, 8000);
  });
})();
