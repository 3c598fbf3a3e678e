// Todo funciona sin este archivo: solo ahorra pasos.
(() => {
  "use strict";
  const imprimir = document.querySelector("[data-imprimir]");
  if (imprimir) {
    imprimir.hidden = false;
    imprimir.addEventListener("click", () => window.print());
  }

  // Copiar un texto que ya se puede seleccionar.
  for (const copiar of document.querySelectorAll("[data-copia]")) {
    copiar.hidden = !navigator.clipboard;
    copiar.addEventListener("click", async () => {
      const texto = document.getElementById(copiar.dataset.copia);
      texto.select();
      try {
        await navigator.clipboard.writeText(texto.value);
        document.getElementById(`${texto.id}-copiado`).textContent = "Copiado.";
      } catch { /* queda seleccionado: se copia a mano */ }
    });
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
    // Descargar, o mirar en un marco, no deja la página: se puede pedir otra vez.
    if (e.target.dataset.descarga || boton?.formTarget) return;
    if (!boton || e.target.dataset.enviado) { if (e.target.dataset.enviado) e.preventDefault(); return; }
    e.target.dataset.enviado = "si";
    setTimeout(() => delete e.target.dataset.enviado, 8000);
  });
})();
