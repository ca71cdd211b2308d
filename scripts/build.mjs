// Makes dist/, which is all that ships and needs nothing beside itself but Node and ffmpeg: server.mjs for the
// container, lambda.mjs for Lambda, cli.mjs for a shell, the pages at / and /docs, the typed client, and the one
// package that cannot be bundled. With --with-libav the decoder libav goes along, 170 MB; --outdir makes another
// directory than dist/.
import { existsSync } from 'node:fs'
import { chmod, cp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values: options } = parseArgs({
  options: { 'with-libav': { type: 'boolean', default: false }, outdir: { type: 'string', default: `${root}dist` } }
})
const outdir = resolve(options.outdir)

/** Files of Swagger UI that the page at /docs loads. */
const SWAGGER_UI_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js']

/**
 * The files of the page at /docs and those of Swagger UI are in dist/docs.
 * @type {import('esbuild').Plugin}
 */
const findDocsBesideTheBundle = {
  name: 'find-docs-beside-the-bundle',
  setup ({ onLoad }) {
    onLoad({ filter: /src\/http\/routes\/openapi-pages\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const contents = source
        .replace("'../docs/', import.meta.url", "'./docs/', import.meta.url")
        .replace("'static/', import.meta.resolve('@fastify/swagger-ui/package.json')", "'./docs/', import.meta.url")
      if (contents.split("'./docs/'").length !== 3) throw new Error(`${path} finds its files in another way now`)
      return { contents, loader: 'ts' }
    })
  }
}

/**
 * What the page at / shares with the client lies in dist/playground with the rest of it.
 * @type {import('esbuild').Plugin}
 */
const findSharedFilesBesideThePage = {
  name: 'find-shared-files-beside-the-page',
  setup ({ onLoad }) {
    onLoad({ filter: /src\/http\/routes\/playground\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const contents = source
        .replace("'../playground/'", "'./playground/'")
        .replace("'../../client/send-file.js'", "'./playground/send-file.js'")
      if (contents.split("'./playground/").length !== 3) throw new Error(`${path} finds its files in another way now`)
      return { contents, loader: 'ts' }
    })
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
  // sharp loads a native library and goes along whole; ffmpeg-static is looked for at run time and may be absent.
  external: ['sharp', 'ffmpeg-static'],
  // What CommonJS packages expect to be there when they have become part of an ES module.
  banner: {
    js:
      "import { createRequire as __createRequire } from 'node:module'\nconst require = " +
      '__createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname'
  },
  plugins: [findDocsBesideTheBundle, findSharedFilesBesideThePage],
  sourcemap: 'external',
  legalComments: 'eof',
  metafile: true,
  logLevel: 'warning'
}
const builds = await Promise.all([
  build({
    ...forNode,
    // Workers are files of their own, since threads and processes are started from files; the tracer is, since few
    // load it.
    entryPoints: {
      server: 'src/server.ts',
      cli: 'src/cli.ts',
      'matroska-worker': 'src/video/demux/matroska/matroska-worker.ts',
      'libav-worker': 'src/video/decode/libav/libav-worker.ts',
      'otlp-tracer': 'src/telemetry/otlp-tracer.ts'
    }
  }),
  // A cold start reads little before it asks ffmpeg, and the rest while it waits; Lambda has a limit for a package, a
  // server's log rather has names that can be read.
  build({
    ...forNode,
    entryPoints: { lambda: 'src/lambda.ts' },
    splitting: true,
    chunkNames: 'lambda-[name]-[hash]',
    minify: true
  })
])
await chmod(`${outdir}/cli.mjs`, 0o755)
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
  // What every browser of the last years runs.
  target: 'es2022',
  format: 'esm',
  legalComments: 'inline',
  logLevel: 'warning'
})
declareClient()
// A declaration is no input that the compiler would write again.
await cp(`${root}src/client/generated/openapi-types.d.ts`, `${outdir}/client/generated/openapi-types.d.ts`)
const libav = options['with-libav'] ? [`@seydx/node-av-${process.platform}-${process.arch}`] : []
for (const name of [...listInstalled('sharp'), ...libav]) {
  await cp(`${root}node_modules/${name}`, `${outdir}/node_modules/${name}`, { recursive: true, dereference: true })
}

for (const [file, { bytes }] of builds.flatMap(({ metafile }) => Object.entries(metafile.outputs))) {
  if (file.endsWith('.mjs')) console.log(`${file}  ${(bytes / 1024).toFixed(0)} KiB`)
}

/** The types of the client, beside it. They lead to those of openapi-fetch, which whoever uses them installs. */
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
      // Of a file of types, `./x.js` is what leads to `./x.d.ts`.
      ts.sys.writeFile(path, text.replace(/from (['"])(\.\/[^'"]+)(?<!\.d)\.ts\1/g, 'from $1$2.js$1'))
    })
  if (emitSkipped) throw new Error('the types of the client could not be written')
}

/**
 * A package and all that it needs, as far as it is installed: of sharp's libraries only this platform's are.
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
