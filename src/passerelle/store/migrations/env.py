"""What Alembic runs to migrate: on the connection, and in the transaction, that the caller hands over."""

from alembic import context

from passerelle.store.schema import metadata

for index in (index for table in metadata.tables.values() for index in table.indexes):
    index.dialect_options["postgresql"]["where"] = index.dialect_options["sqlite"]["where"]
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # Alembic believes SQLite cannot roll back table changes; with a BEGIN of our own it can.
    transactional_ddl=True,
    transaction_per_migration=False,
    render_as_batch=True,
)
context.run_migrations()
