import { dirname, join, normalize } from 'node:path/posix';
import ts from 'typescript';

/**
 * The import arrows of ARCHITECTURE.md: what each package may reach at run time, by its doors. `type:` marks a door
 * through which only types may come. A trailing `*` stands for any rest.
 */
const arrows = {
  'apps/web': [
    '@parley/ui*',
    '@parley/core/*',
    '@parley/sync/client',
    '@parley/sync/adapters/*',
    '@parley/sync/mutator',
    '@parley/sync/protocol',
    '@parley/client/live/*',
    'type:@parley/api/router',
  ],
  'apps/api': [
    '@parley/core/*',
    '@parley/sync/server*',
    '@parley/sync/mutator',
    '@parley/sync/protocol',
    '@parley/db',
    '@parley/db/embedded',
    '@parley/jobs*',
    '@parley/cache*',
  ],
  'apps/worker': [
    '@parley/core/*',
    '@parley/sync/server*',
    '@parley/sync/mutator',
    '@parley/sync/protocol',
    '@parley/db',
    '@parley/jobs*',
    '@parley/cache*',
    '@parley/emails*',
  ],
  'packages/client': [
    '@parley/sync/client',
    '@parley/sync/adapters/*',
    '@parley/sync/mutator',
    '@parley/core/*',
    'type:@parley/api/router',
  ],
  'packages/core': ['@parley/sync/mutator'],
  'packages/db': ['@parley/sync/server*', '@parley/sync/mutator', '@parley/sync/protocol', '@parley/core/*'],
  'packages/jobs': ['@parley/core/*'],
  'packages/cache': [],
  'packages/emails': [],
  'packages/sync': [],
  'packages/ui': [],
};

/**
 * Outside packages that `core` may use: it runs in the browser and on the server, and every byte is loaded first; save
 * Yjs, which stands behind `import()`.
 */
const coreExternals = ['zod/mini', 'uuid', 'yjs'];

const runsInBrowser =
  /^(apps\/web\/src|packages\/(core|ui|client)\/src|packages\/sync\/src\/(client|adapters|mutator|protocol))\b/;
const isForTests = /(\.test\.tsx?|\.fixture\.tsx?)$|\/testing\//;

/**
 * Finds the imports of one file that go against an arrow.
 * `path` is relative to the checkout, with slashes. Returns `{line, message}` for each.
 */
export function findForbiddenImports(path, source) {
  const [kind, name] = path.split('/');
  const home = `${kind}/${name}`;
  const allowed = arrows[home];
  if (!allowed) return [];
  const judge = isForTests.test(path) ? judgeTestImport : judgeImport;
  return importsOf(path, source).flatMap(({ specifier, typeOnly, line }) => {
    const message = specifier.startsWith('.')
      ? judgeRelative(path, home, specifier)
      : judge({ path, home, allowed, specifier, typeOnly });
    return message ? [{ line, message }] : [];
  });
}

function judgeImport({ path, home, allowed, specifier, typeOnly }) {
  if (specifier.startsWith('node:') && runsInBrowser.test(path)) return `${specifier} does not exist in a browser.`;
  if (!specifier.startsWith('@parley/')) {
    if (home !== 'packages/core' || coreExternals.includes(specifier)) return undefined;
    return `core may import only ${coreExternals.join(', ')} from outside, not ${specifier}.`;
  }
  const door = allowed.find((each) => matches(each.replace(/^type:/, ''), specifier));
  if (!door) return `${home} must not import ${specifier}.`;
  if (door.startsWith('type:') && !typeOnly) return `${home} may import only types from ${specifier}.`;
  return undefined;
}

/** Tests may stand anywhere below the apps: they put the parts together. */
function judgeTestImport({ home, allowed, specifier, typeOnly }) {
  const app = /^@parley\/(web|api|worker)\b/.test(specifier);
  const own = specifier.startsWith(`@parley/${home.split('/')[1]}`);
  if (!app || own) return undefined;
  return typeOnly && allowed.includes(`type:${specifier}`) ? undefined : `${home} must not import ${specifier}.`;
}

function judgeRelative(path, home, specifier) {
  const target = normalize(join(dirname(path), specifier));
  if (!target.startsWith(`${home}/`)) return `${specifier} leaves ${home}: import the package by its name.`;
  if (isForTests.test(path)) return undefined;
  if (isForTests.test(target)) return `${specifier} is for tests only.`;
  for (const [from, to] of [
    ['client', 'server'],
    ['server', 'client'],
  ]) {
    if (path.startsWith(`packages/sync/src/${from}/`) && target.startsWith(`packages/sync/src/${to}/`)) {
      return `The ${from} half of sync must not import its ${to} half.`;
    }
  }
  return undefined;
}

function matches(door, specifier) {
  return door.endsWith('*') ? specifier.startsWith(door.slice(0, -1)) : specifier === door;
}

/** Every import, export-from and dynamic import, with its line. */
function importsOf(path, source) {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, false, scriptKind(path));
  const found = [];
  const add = (node, specifier, typeOnly) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
    found.push({ specifier: specifier.text, typeOnly, line: line + 1 });
  };
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
      const names = node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : [];
      add(node, node.moduleSpecifier, node.isTypeOnly || (names.length > 0 && names.every((each) => each.isTypeOnly)));
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node, node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      if (specifier && ts.isStringLiteralLike(specifier)) add(node, specifier, false);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isTypeOnly(clause) {
  if (!clause) return false;
  if (clause.isTypeOnly) return true;
  const names = clause.namedBindings;
  if (clause.name || !names || !ts.isNamedImports(names)) return false;
  return names.elements.length > 0 && names.elements.every((each) => each.isTypeOnly);
}

function scriptKind(path) {
  return path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
}
