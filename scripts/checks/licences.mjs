/**
 * Licences that let anybody run, change and pass on the whole. LGPL and MPL only ask to keep their own files open; what
 * carries them here is shipped as its own unchanged file.
 */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'LGPL-3.0-or-later',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'OFL-1.1',
  'PostgreSQL',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

/** Takes pnpm's report (packages by licence) and says which packages may not be shipped, a line each. */
export function findForbiddenLicences(packagesByLicence) {
  return Object.entries(packagesByLicence).flatMap(([licence, packages]) =>
    isAllowed(licence) ? [] : packages.map(({ name, versions }) => `${name} ${versions.join(', ')}: ${licence}`),
  );
}

/** Reads an SPDX expression of names with OR or AND between them. */
function isAllowed(expression) {
  const plain = expression.replaceAll(/[()]/g, '');
  if (plain.includes(' AND ')) return plain.split(' AND ').every(isAllowed);
  return plain.split(' OR ').some((licence) => allowed.has(licence.trim()));
}
