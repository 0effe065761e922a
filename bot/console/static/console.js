// What the console's pages do in the browser. Text from candidates arrives escaped by the server, or is set as text.

const token = document.querySelector('meta[name="csrf-token"]')?.content;

for (const element of document.querySelectorAll('[data-confirm]')) {
  element.addEventListener('click', (event) => {
    if (!window.confirm(element.dataset.confirm)) event.preventDefault();
  });
}
for (const element of document.querySelectorAll('[data-goes]')) {
  element.addEventListener('change', () => element.form.requestSubmit());
}

// On a phone the menu and the tabs are wider than the screen: show the one that is open.
for (const here of document.querySelectorAll('.menu .here, .tabs .here')) {
  const row = here.parentElement.getBoundingClientRect();
  const own = here.getBoundingClientRect();
  here.parentElement.scrollLeft += own.left - row.left - (row.width - own.width) / 2;
}

// Who writes a time means the time, whatever the list above it says.
for (const window of document.querySelectorAll('.stage .window')) {
  window.addEventListener('input', () => { window.closest('.stage').querySelector('select').selectedIndex = 0; });
}
// The checks name a line of the YAML box: go there.
for (const link of document.querySelectorAll('[data-line]')) {
  link.addEventListener('click', (event) => {
    event.preventDefault();
    const box = document.getElementById('text');
    const lines = box.value.split('\n');
    const start = lines.slice(0, link.dataset.line - 1).join('\n').length + (link.dataset.line > 1 ? 1 : 0);
    box.focus();
    box.setSelectionRange(start, start + (lines[link.dataset.line - 1] ?? '').length);
    box.scrollTop = (link.dataset.line - 4) * box.scrollHeight / lines.length;
  });
}

const page = document.getElementById('try');
if (page) tryOut(page);

function tryOut(page) {
  const talk = document.getElementById('talk');
  const trace = document.getElementById('trace');
  const text = document.getElementById('text');
  const setting = document.getElementById('setting');
  const welcome = talk.innerHTML;
  let session = '';

  async function say(words) {
    if (!words.trim()) return;
    document.getElementById('welcome')?.remove();
    const body = new FormData(setting);
    body.set('text', words);
    body.set('session', session);
    let answer;
    try {
      const response = await fetch(page.dataset.say, { method: 'POST', body, headers: { 'X-CSRFToken': token } });
      if (response.redirected) return location.reload(); // the session has ended
      answer = await response.json();
    } catch {
      answer = { error: '没有送达，请再试一次。' };
    }
    if (answer.error) {
      const line = document.createElement('p');
      line.className = 'empty';
      line.textContent = answer.error;
      talk.append(line);
      return;
    }
    session = answer.session;
    talk.insertAdjacentHTML('beforeend', answer.said);
    trace.innerHTML = answer.trace;
    talk.scrollTop = talk.scrollHeight;
  }

  document.getElementById('composer').addEventListener('submit', (event) => {
    event.preventDefault();
    const words = text.value;
    text.value = '';
    say(words);
  });
  talk.addEventListener('click', (event) => {
    const chip = event.target.closest('.chip');
    if (chip) say(chip.value);
  });
  function anew() {
    session = '';
    talk.innerHTML = welcome;
    trace.replaceChildren();
  }
  setting.addEventListener('reset', anew);
  for (const field of setting.querySelectorAll('select')) field.addEventListener('change', anew);
  if (text.value) document.getElementById('composer').requestSubmit();
}
