/** URLs taken apart and put together: a run has few, and asks for them thousands of times. */

const known = new Map<string, URL>();
/** A check may generate URLs: then it begins anew. */
const limit = 500;

/** The parts of a URL, relative to `base` where there is one; shared, so not to be changed. @throws TypeError when it is none */
export function urlOf(url: string, base?: string): Readonly<URL> {
  const key = base === undefined ? url : `${url} ${base}`;
  let parts = known.get(key);
  if (parts === undefined) {
    if (known.size >= limit) known.clear();
    parts = new URL(url, base);
    known.set(key, parts);
  }
  return parts;
}
