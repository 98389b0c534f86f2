// Readable tooltips by mouse, touch and keys; what is folded is printed; a live page follows its run.
// No character here may need escaping in XML: the page is XML as well as HTML.
(function () {
  'use strict';
  var root = document.documentElement;
  var tip = document.createElement('div');
  var marked = null;
  var top = 0;
  tip.className = 'tip';
  tip.setAttribute('role', 'status');
  tip.hidden = true;
  document.body.appendChild(tip);

  function hide() {
    tip.hidden = true;
    if (marked) { marked.classList.remove('marked'); }
    marked = null;
  }

  function show(element) {
    if (element === marked) { return; }
    hide();
    marked = element;
    element.classList.add('marked');
    tip.textContent = element.getAttribute('data-tip');
    tip.hidden = false;
    var at = element.getBoundingClientRect();
    top = at.top;
    var own = tip.getBoundingClientRect();
    var left = at.left + at.width / 2 - own.width / 2;
    var above = at.top - own.height - 10;
    var last = root.clientWidth - own.width - 8;
    tip.style.left = Math.max(8, Math.min(left, last)) + 'px';
    tip.style.top = (above > 4 ? above : Math.min(at.bottom, root.clientHeight - 60) + 10) + 'px';
  }

  // A point is small: the nearest one counts.
  function nearest(svg, event, reach) {
    var best = null;
    var least = reach;
    var m = svg.getScreenCTM();
    if (m) {
      svg.querySelectorAll('circle[data-tip]').forEach(function (circle) {
        var x = circle.cx.baseVal.value * m.a + m.e - event.clientX;
        var y = circle.cy.baseVal.value * m.d + m.f - event.clientY;
        var distance = Math.hypot(x, y);
        if (least > distance) { least = distance; best = circle; }
      });
    }
    return best;
  }

  function follow(svg, event) {
    var point = nearest(svg, event, event.pointerType === 'mouse' ? 14 : 30);
    var under = event.target.closest ? event.target.closest('[data-tip]') : null;
    var target = point || under;
    if (target) { show(target); } else { hide(); }
  }

  function walk(svg, event) {
    var all = Array.from(svg.querySelectorAll('[data-tip]'));
    var circles = all.filter(function (one) { return one.localName === 'circle'; });
    if (circles.length) {
      all = circles.sort(function (a, b) { return a.cx.baseVal.value - b.cx.baseVal.value; });
    }
    var at = all.indexOf(marked);
    var key = event.key;
    if (key === 'ArrowRight' || key === 'ArrowDown') { at = Math.min(all.length - 1, at + 1); }
    else if (key === 'ArrowLeft' || key === 'ArrowUp') { at = Math.max(0, at - 1); }
    else if (key === 'Home') { at = 0; }
    else if (key === 'End') { at = all.length - 1; }
    else { if (key === 'Escape') { hide(); } return; }
    event.preventDefault();
    show(all[at]);
  }

  document.querySelectorAll('svg').forEach(function (svg) {
    var titles = svg.querySelectorAll('title');
    if (!titles.length) { return; }
    titles.forEach(function (title) {
      title.parentNode.setAttribute('data-tip', title.textContent);
      title.remove();
    });
    svg.setAttribute('tabindex', '0');
    svg.setAttribute('aria-label', svg.getAttribute('aria-label') + ' Arrow keys read its parts.');
    svg.addEventListener('pointermove', function (event) { follow(svg, event); });
    svg.addEventListener('pointerdown', function (event) { follow(svg, event); });
    svg.addEventListener('pointerleave', function (event) {
      if (event.pointerType === 'mouse') { hide(); }
    });
    svg.addEventListener('keydown', function (event) { walk(svg, event); });
    svg.addEventListener('blur', hide);
  });
  document.addEventListener('pointerdown', function (event) {
    if (!event.target.closest('svg')) { hide(); }
  });
  document.addEventListener('scroll', function () {
    if (marked) { if (marked.getBoundingClientRect().top !== top) { hide(); } }
  }, true);

  var folded = [];
  window.addEventListener('beforeprint', function () {
    folded = Array.from(document.querySelectorAll('details:not([open])'));
    folded.forEach(function (one) { one.open = true; });
  });
  window.addEventListener('afterprint', function () {
    folded.forEach(function (one) { one.open = false; });
  });

  function unfold() {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var around = target ? target.closest('details') || target.querySelector('details') : null;
    if (around) { around.open = true; target.scrollIntoView(); }
  }
  window.addEventListener('hashchange', unfold);
  if (location.hash.length > 1) { unfold(); }

  var seconds = Number(root.getAttribute('data-refresh'));
  if (seconds > 0) {
    var key = 'mos-open-parts';
    (sessionStorage.getItem(key) || '').split(' ').filter(Boolean).forEach(function (id) {
      var one = document.getElementById(id);
      if (one) { one.open = true; }
    });
    var look = function () {
      fetch(location.pathname, { method: 'HEAD', cache: 'no-store' }).then(function () {
        var open = Array.from(document.querySelectorAll('details[open][id]'));
        sessionStorage.setItem(key, open.map(function (one) { return one.id; }).join(' '));
        location.reload();
      }, function () {
        clearInterval(timer);
        document.querySelectorAll('.live').forEach(function (one) { one.classList.add('over'); });
      });
    };
    var timer = setInterval(look, seconds * 1000);
  }
})();
