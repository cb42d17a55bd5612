"""What Alembic runs: the steps that a ledger lacks, in the transaction of whoever called."""

from alembic import context

from iepbridge.ledger.migrations import VERSION_TABLE
from iepbridge.ledger.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
