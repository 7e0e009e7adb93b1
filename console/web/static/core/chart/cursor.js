// Reading a chart's numbers: by pointing at it, or by the arrow keys once it has the focus.

import { h, put, svg } from '../dom.js';

const STEPS = { ArrowLeft: { x: -1 }, ArrowRight: { x: 1 }, ArrowUp: { y: -1 }, ArrowDown: { y: 1 } };

/**
 * `count` places; `tell(place)`: {title, note, rows: [{name, color, kind, text}]}; `move(place, {x, y})`: the place that a key
 * leads to. Gives back {mark, tip, said, lay(find, box), attach(area)}: `find(x, y)` the place at a point of the drawing,
 * `box(place)` where it is.
 */
export function cursor({ count, tell, move }) {
  const mark = svg('rect', { class: 'chart-cursor', visibility: 'hidden' });
  const tip = h('div', { class: 'chart-tip', hidden: true, 'aria-hidden': 'true' });
  const said = h('p', { class: 'visually-hidden', 'aria-live': 'polite' });
  let find = () => -1;
  let box = () => null;
  let at = null;

  function show(place, area) {
    if (place === at && !tip.hidden) return;
    at = place;
    const { x, y, width, height } = box(place);
    for (const [name, value] of Object.entries({ x, y, width, height, visibility: 'visible' })) mark.setAttribute(name, value);
    const { title, note, rows } = tell(place);
    put(tip, h('p', { class: 'strong' }, title), note && h('p', { class: 'small' }, note),
      h('ul', {}, rows.map((row) => h('li', {}, key(row), h('span', {}, row.name), h('span', { class: 'numeric strong' }, row.text)))));
    tip.hidden = false;
    const room = area.clientWidth - tip.offsetWidth;
    const wanted = x + width + 12;
    tip.style.setProperty('left', `${wanted <= room ? wanted : Math.max(0, x - tip.offsetWidth - 12)}px`);
    tip.style.setProperty('top', `${Math.max(0, Math.min(y + 6, area.clientHeight - tip.offsetHeight))}px`);
  }

  function hide() {
    tip.hidden = true;
    mark.setAttribute('visibility', 'hidden');
  }

  function byKey(event, area) {
    if (event.key === 'Escape') hide();
    const wanted = { Home: 0, End: count - 1 }[event.key] ?? (STEPS[event.key] ? move(at ?? -1, STEPS[event.key]) : null);
    if (wanted === null || !count) return;
    event.preventDefault();
    show(Math.max(0, Math.min(count - 1, wanted)), area);
    const { title, rows } = tell(at);
    said.textContent = `${title}: ${rows.map((row) => `${row.name} ${row.text}`).join('; ')}`;
  }

  return {
    mark, tip, said,
    lay: (finding, boxing) => {
      find = finding;
      box = boxing;
      hide();
    },
    attach: (area, drawing) => {
      area.addEventListener('pointermove', (event) => {
        const frame = drawing.getBoundingClientRect();
        const place = find(event.clientX - frame.left, event.clientY - frame.top);
        if (place >= 0 && place < count) show(place, area);
        else hide();
      });
      area.addEventListener('pointerleave', hide);
      area.addEventListener('blur', hide);
      area.addEventListener('keydown', (event) => byKey(event, area));
    },
  };
}

/** What stands for a series in a legend. */
export function key({ color = '', kind }) {
  return h('span', { class: ['chart-key', `chart-key-${kind}`, color && `chart-key-${color}`], 'aria-hidden': 'true' });
}
