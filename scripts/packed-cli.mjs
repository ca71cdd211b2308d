#!/usr/bin/env node
// The command of a package that plain `npm pack` or `npm link` made in a clone. No script of package.json can build
// dist/ for them, because .npmrc has ignore-scripts. The package of `npm run pack` has dist/cli.mjs as its command.
import { existsSync } from 'node:fs'

const cli = new URL('../dist/cli.mjs', import.meta.url)
if (existsSync(cli)) {
  await import(cli.href)
} else {
  process.stderr.write(
    'This package was packed without its build. Run `npm run pack` in the clone, and install the file that it makes.\n'
  )
  process.exitCode = 1
}
