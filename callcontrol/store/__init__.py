"""PostgreSQL: the pool, the schema's migrations, one repository for each noun, and the cache that calls read.

Never imported by flows, menus or pure modules: they see the ports of ``callcontrol.ports``. No call ever waits on
the database; what has to be written meanwhile waits in the journal.
"""
