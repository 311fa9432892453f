"""The built portal (``static``, made by ``make portal``) and the page of the API documentation."""
