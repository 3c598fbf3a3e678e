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

// Arrastrar una pregunta dentro de su sección. «Subir» y «Bajar» hacen lo mismo sin ratón.
document.querySelectorAll("[data-ordena]").forEach((lista) => {
  const suyos = () => [...lista.children];
  let llevado = null;
  suyos().forEach((li) => { li.draggable = true; });
  lista.addEventListener("dragstart", (e) => {
    llevado = e.target.closest("li");
    if (!suyos().includes(llevado)) { llevado = null; return; }
    e.stopPropagation();
    e.dataTransfer.effectAllowed = "move";
  });
  lista.addEventListener("dragover", (e) => {
    const encima = suyos().find((li) => li.contains(e.target));
    if (!llevado || !encima) return;
    e.preventDefault();
    const medio = encima.getBoundingClientRect();
    const antes = e.clientY < medio.top + medio.height / 2;
    if (encima !== llevado) lista.insertBefore(llevado, antes ? encima : encima.nextSibling);
  });
  lista.addEventListener("drop", (e) => {
    if (!llevado) return;
    e.preventDefault();
    const orden = document.createElement("button");
    orden.name = "boton";
    orden.hidden = true;
    orden.value = `ordenar|${lista.dataset.ordena}|${suyos().map((li) => li.dataset.id).join(",")}`;
    lista.closest("form").append(orden);
    orden.click();
  });
});
