"""The login's HTML. Its values must be escaped before they are filled in."""

from __future__ import annotations

from string import Template

LOGIN_FORM = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$title · $app</title>
<link rel="icon" href="/assets/logo.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/tokens.css">
<link rel="stylesheet" href="/assets/login.css">
</head>
<body>
<main>
<form method="post" action="/login">
<h1><img src="/assets/logo.svg" alt="" width="36" height="36">$app</h1>
$error
<label for="name">$name_label</label>
<input id="name" name="name" value="$name" autocomplete="username" autocapitalize="none" required autofocus>
<label for="password">$password_label</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<input type="hidden" name="next" value="$next">
<button type="submit">$submit</button>
<p class="hint">$hint</p>
</form>
</main>
</body>
</html>
""")
