"""Lo que alembic corre en cada orden, con la conexión que le dan `migrar` y las demás."""

from alembic import context

context.configure(
    connection=context.config.attributes["conexion"],
    **context.config.attributes["opciones"],
)
with context.begin_transaction():
    context.run_migrations()
