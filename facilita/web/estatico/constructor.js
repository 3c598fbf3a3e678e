// Vuelve a mostrar cómo queda un poco después de dejar de escribir. Sin esto, el botón hace lo mismo.
(() => {
  const boton = document.querySelector("[data-vista]");
  if (!boton) return;
  let espera;
  boton.form.addEventListener("input", () => {
    clearTimeout(espera);
    espera = setTimeout(() => boton.form.requestSubmit(boton), 700);
  });
})();
