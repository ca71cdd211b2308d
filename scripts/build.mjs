// Bundles the two entries for what ships: dist/server.mjs for the container, dist/lambda.mjs for Lambda.
import { cp, readFile, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const swaggerUi = `${root}node_modules/@fastify/swagger-ui`

/**
 * The page under /docs serves files that lie beside its code; in the bundle they lie in dist/static.
 * @type {import('esbuild').Plugin}
 */
const findStaticFilesBesideTheBundle = {
  name: 'find-static-files-beside-the-bundle',
  setup ({ onLoad }) {
    onLoad({ filter: /@fastify\/swagger-ui\/lib\/routes\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const contents = source.replace("path.join(__dirname, '..', 'static')", "path.join(__dirname, 'static')")
      if (contents === source) throw new Error(`${path} finds its files in another way now`)
      return { contents }
    })
  }
}

await rm(`${root}dist`, { recursive: true, force: true })
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/server.ts', 'src/lambda.ts'],
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  // sharp loads a native library, and ffmpeg-static finds its program beside itself.
  external: ['sharp', 'ffmpeg-static'],
  // What CommonJS packages expect to be there when they have become part of an ES module.
  banner: { js: "import { createRequire as __createRequire } from 'node:module'\nconst require = __createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname" },
  plugins: [findStaticFilesBesideTheBundle],
  sourcemap: 'external',
  legalComments: 'eof',
  metafile: true,
  logLevel: 'warning'
})
await cp(`${swaggerUi}/static`, `${root}dist/static`, { recursive: true })

for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
  if (file.endsWith('.mjs')) console.log(`${file}  ${(bytes / 1024).toFixed(0)} KiB`)
}
