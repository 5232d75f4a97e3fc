"""One folder is one meaning. A context imports only the ``public`` door of lower floors."""
