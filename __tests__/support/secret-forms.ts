const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Encodings of a credential, independent of the code under test. */
export function secretForms(secret: string, username: string): string[] {
  const hex = Buffer.from(secret).toString('hex');
  const encoded = [
    base64(`\0${username}\0${secret}`),
    base64(`${username}\0${username}\0${secret}`),
    ...['', 'x', 'xx'].map((before) => base64(before + secret)),
  ];
  const html = secret.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  const named = secret
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return [
    secret,
    ...encoded,
    ...encoded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')),
    encodeURIComponent(secret),
    new URLSearchParams({ secret }).toString().slice('secret='.length),
    hex,
    hex.toUpperCase(),
    html,
    named,
    JSON.stringify(secret).slice(1, -1),
  ];
}

/**
 * The forms of a credential that a text discloses: unchanged, or escaped for Markdown, HTML, JSON or URLs. For base64,
 * the characters that do not depend on adjacent text are enough.
 */
export function disclosed(text: string, secret: string, username: string): string[] {
  const octets = Buffer.from(secret);
  const cores = [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), octets]).toString('base64');
    return whole.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + octets.length) * 4) / 3));
  });
  const sought = [
    ...secretForms(secret, username),
    ...cores,
    ...cores.map((core) => core.replaceAll('+', '-').replaceAll('/', '_')),
  ];
  const read = [text, unescaped(text), unescaped(text).replaceAll('\\', '')];
  return [...new Set(sought)].filter((form) => read.some((shown) => shown.includes(form)));
}

function unescaped(text: string): string {
  const names: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text
    .replace(/\\u([0-9a-f]{4})|\\x([0-9a-f]{2})/gi, (_, unit: string | undefined, octet: string) =>
      String.fromCharCode(parseInt(unit ?? octet, 16)),
    )
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(parseInt(code, 16)))
    .replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => names[name] ?? '')
    .replace(/\\(["\\/])/g, '$1');
}
