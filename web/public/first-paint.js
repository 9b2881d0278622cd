// Sets theme and language before the first paint. A file rather than an inline
// script, so that the content security policy needs no exception.
(function () {
  var root = document.documentElement;
  var theme = 'auto';
  try {
    theme = localStorage.getItem('quayside-theme') || 'auto';
    root.lang = localStorage.getItem('quayside-language') || root.lang;
  } catch (_) {
    // Storage may be blocked; the defaults stand.
  }
  var dark = theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
