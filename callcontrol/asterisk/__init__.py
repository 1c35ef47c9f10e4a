"""The only code that knows ARI. It implements ``ports.PhoneSystem`` and is built by ``app.py`` alone."""
