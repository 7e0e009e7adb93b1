// Before the first paint, and no module for that reason: the theme and the language that were chosen.
{
  const theme = localStorage.getItem('maskwatch.theme');
  if (theme) document.documentElement.dataset.theme = theme;
  document.documentElement.lang = localStorage.getItem('maskwatch.language') ?? navigator.language.slice(0, 2);
}
