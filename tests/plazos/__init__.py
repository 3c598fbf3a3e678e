"""Las pruebas del calendario: vectores, casos contados a mano y propiedades."""
