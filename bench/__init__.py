"""Las medidas: cada una al lado de su referencia, en la misma corrida."""
