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

  // Presentar dos veces es presentar una; aun así, un toque basta.
  document.addEventListener("submit", (e) => {
    const boton = e.submitter;
    if (!boton || e.target.dataset.enviado) { if (e.target.dataset.enviado) e.preventDefault(); return; }
    e.target.dataset.enviado = "si";
    setTimeout(() => delete e.target.dataset.enviado, 8000);
  });
})();
