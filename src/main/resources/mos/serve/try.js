'use strict';
(function () {
  function by(id) {
    return document.getElementById(id);
  }
  var result = by('result');
  fetch('/languages').then(function (answer) {
    return answer.json();
  }).then(function (languages) {
    by('source').textContent = '(' + languages[0].name + ')';
    by('target').textContent = '(' + languages[1].name + ')';
  });
  function translate(event) {
    event.preventDefault();
    var start = performance.now();
    by('took').textContent = '…';
    fetch('/translate', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ q: by('text').value })
    }).then(function (answer) {
      return answer.json();
    }).then(function (got) {
      result.textContent = got.error || got.translatedText;
      by('took').textContent = Math.round(performance.now() - start) + ' ms';
    }).catch(function (failure) {
      result.textContent = 'The server does not answer: ' + failure;
      by('took').textContent = '';
    });
  }
  by('form').addEventListener('submit', translate);
  by('text').addEventListener('keydown', function (event) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      translate(event);
    }
  });
})();
