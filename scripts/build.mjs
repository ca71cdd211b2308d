// Builds dist/, the only thing that ships. It needs nothing but Node and ffmpeg: server.mjs for the container,
// lambda.mjs for Lambda, cli.mjs for the command line, the pages at / and /docs, the typed client, and sharp, which
// cannot be bundled. Each entry checks the version of Node and then loads its bundle. --with-libav adds the decoder
// libav (170 MB); --outdir builds into another directory.
import { existsSync } from 'node:fs'
import { cp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import ts from 'typescript'
import { writeEntry } from './entry-file.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values: options } = parseArgs({
  options: { 'with-libav': { type: 'boolean', default: false }, outdir: { type: 'string', default: `${root}dist` } }
})
const outdir = resolve(options.outdir)

/** Files of Swagger UI that the page at /docs loads. */
const SWAGGER_UI_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js']

/**
 * Serves the page at /docs and the files of Swagger UI from dist/docs.
 * @type {import('esbuild').Plugin}
 */
const redirectDocsFiles = {
  name: 'redirect-docs-files',
  setup ({ onLoad }) {
    onLoad({ filter: /src\/http\/routes\/openapi-pages\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const contents = source
        .replace("'../docs/', import.meta.url", "'./docs/', import.meta.url")
        .replace("'static/', import.meta.resolve('@fastify/swagger-ui/package.json')", "'./docs/', import.meta.url")
      if (contents.split("'./docs/'").length !== 3) throw new Error(`${path} no longer has the path that the build replaces`)
      return { contents, loader: 'ts' }
    })
  }
}

/**
 * Makes the route of the playground serve its files, and the one that it shares with the client, from dist/playground.
 * @type {import('esbuild').Plugin}
 */
const redirectPlaygroundFiles = {
  name: 'redirect-playground-files',
  setup ({ onLoad }) {
    onLoad({ filter: /src\/http\/routes\/playground\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const contents = source
        .replace("'../playground/'", "'./playground/'")
        .replace("'../../client/send-file.js'", "'./playground/send-file.js'")
      if (contents.split("'./playground/").length !== 3) {
        throw new Error(`${path} no longer has the two paths that the build replaces`)
      }
      return { contents, loader: 'ts' }
    })
  }
}

/**
 * Loads sharp with the first module that uses it, as in src/: an import at the start of a bundle would load it before
 * the entry has set what libvips reads when it is loaded.
 * @type {import('esbuild').Plugin}
 */
const loadSharpLazily = {
  name: 'load-sharp-lazily',
  setup ({ onResolve, onLoad }) {
    onResolve({ filter: /^sharp$/, namespace: 'file' }, () => ({ path: 'sharp', namespace: 'lazy-sharp' }))
    onLoad({ filter: /./, namespace: 'lazy-sharp' }, () => ({ contents: "module.exports = require('sharp')" }))
  }
}

await rm(outdir, { recursive: true, force: true })
/** @type {import('esbuild').BuildOptions & { metafile: true }} */
const forNode = {
  absWorkingDir: root,
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  // sharp loads a native library, so it is copied; ffmpeg-static is optional and resolved at run time.
  external: ['sharp', 'ffmpeg-static'],
  // Names that CommonJS packages use and that an ES module does not have.
  banner: {
    js:
      "import { createRequire as __createRequire } from 'node:module'\nconst require = " +
      '__createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname'
  },
  plugins: [redirectDocsFiles, redirectPlaygroundFiles, loadSharpLazily],
  sourcemap: 'external',
  legalComments: 'eof',
  metafile: true,
  logLevel: 'warning'
}
const builds = await Promise.all([
  build({
    ...forNode,
    // Processes start from files, so the worker is one; the tracer is one because few services load it.
    entryPoints: {
      'server-main': 'src/server.ts',
      'cli-main': 'src/cli.ts',
      'libav-worker': 'src/video/decode/libav/libav-worker.ts',
      'otlp-tracer': 'src/telemetry/otlp-tracer.ts'
    }
  }),
  // Split, so that a cold start loads little before it starts ffmpeg and the rest while it waits. Minified, because
  // Lambda limits the size of a package; the server keeps its names for readable stack traces.
  build({
    ...forNode,
    entryPoints: { 'lambda-main': 'src/lambda.ts' },
    splitting: true,
    chunkNames: 'lambda-[name]-[hash]',
    minify: true
  })
])
const { engines } = JSON.parse(await readFile(`${root}package.json`, 'utf8'))
for (const { metafile } of builds) {
  for (const [path, { exports }] of Object.entries(metafile.outputs)) {
    const [, name] = /([a-z]+)-main\.mjs$/.exec(path) ?? []
    if (name !== undefined) await writeEntry(outdir, name, { requires: engines.node, exports })
  }
}
await cp(`${root}src/http/docs`, `${outdir}/docs`, { recursive: true })
for (const name of SWAGGER_UI_FILES) {
  await cp(`${root}node_modules/@fastify/swagger-ui/static/${name}`, `${outdir}/docs/${name}`)
}
await cp(`${root}src/http/playground`, `${outdir}/playground`, { recursive: true })
await cp(`${root}src/client/send-file.js`, `${outdir}/playground/send-file.js`)
await build({
  absWorkingDir: root,
  entryPoints: ['src/client/client.ts'],
  outfile: `${outdir}/client/client.mjs`,
  bundle: true,
  platform: 'neutral',
  // Every browser of recent years runs it.
  target: 'es2022',
  format: 'esm',
  legalComments: 'inline',
  logLevel: 'warning'
})
declareClient()
// The compiler does not emit declaration files that are inputs.
await cp(`${root}src/client/generated/openapi-types.d.ts`, `${outdir}/client/generated/openapi-types.d.ts`)
const libav = options['with-libav'] ? [`@seydx/node-av-${process.platform}-${process.arch}`] : []
for (const name of [...listInstalled('sharp'), ...libav]) {
  await cp(`${root}node_modules/${name}`, `${outdir}/node_modules/${name}`, { recursive: true, dereference: true })
}

for (const [file, { bytes }] of builds.flatMap(({ metafile }) => Object.entries(metafile.outputs))) {
  if (file.endsWith('.mjs')) console.log(`${file}  ${(bytes / 1024).toFixed(0)} KiB`)
}

/** Writes the type declarations of the client beside it. They import those of openapi-fetch, which users install. */
function declareClient () {
  const { emitSkipped } = ts
    .createProgram([`${root}src/client/client.ts`], {
      target: ts.ScriptTarget.ES2024,
      module: ts.ModuleKind.NodeNext,
      strict: true,
      allowJs: true,
      declaration: true,
      emitDeclarationOnly: true,
      rewriteRelativeImportExtensions: true,
      outDir: `${outdir}/client`,
      types: ['node'],
      typeRoots: [`${root}node_modules/@types`],
      skipLibCheck: true
    })
    .emit(undefined, (path, text) => {
      // TypeScript resolves `./x.js` in a declaration to `./x.d.ts`.
      ts.sys.writeFile(path, text.replace(/from (['"])(\.\/[^'"]+)(?<!\.d)\.ts\1/g, 'from $1$2.js$1'))
    })
  if (emitSkipped) throw new Error('The compiler emitted no declarations for the client.')
}

/**
 * Lists a package and its dependencies that are installed; of sharp's libraries, only those of this platform are.
 * @param {string} name
 * @returns {Set<string>}
 */
function listInstalled (name, found = new Set()) {
  if (found.has(name) || !existsSync(`${root}node_modules/${name}`)) return found
  found.add(name)
  const { dependencies, optionalDependencies } = createRequire(import.meta.url)(
    `${root}node_modules/${name}/package.json`
  )
  for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) listInstalled(needed, found)
  return found
}
