import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { root } from '../bootstrap/run-quietly.mjs';

/** Paths below the checkout that git knows or would take in, relative to it, matching `pattern`. */
export function sourceFiles(pattern) {
  const output = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return output.split('\n').filter((path) => pattern.test(path) && existsSync(root + path));
}
