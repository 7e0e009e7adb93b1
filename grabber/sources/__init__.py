"""Where pictures come from: siblings of one shape, chosen by the URL's scheme. None of them ever reconnects."""
