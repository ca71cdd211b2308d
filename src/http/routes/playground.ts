import { readdir, readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { lazyImport } from '../../runtime/lazy-import.ts'
import type { App } from '../services.ts'
import { createStaticFile, sendStaticFile } from '../static-file.ts'

/** Folder of the page's files, next to this folder in the sources and next to the bundle in a build. */
const FOLDER = new URL('../playground/', import.meta.url)
/** Upload code that the page shares with the client library. A build copies it into the folder. */
const SHARED_SCRIPT = new URL('../../client/send-file.js', import.meta.url)

/** Types of the page's own files. Not those of `store/media-type.ts`, which excludes types that can run scripts. */
const PAGE_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8'
}

// Only scripts and styles of this service run. Images come from presigned URLs of the store, and uploads go to them;
// their host depends on the store's configuration, so any is allowed. `blob:` is the user's own video before the
// upload.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' https: http:",
  'media-src blob:',
  "connect-src 'self' https: http:",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'"
].join('; ')

/**
 * Registers `GET /`, a page for trying the service that loads nothing from other hosts. Each file is read at its first
 * request and cached in memory.
 */
export async function registerPlayground (app: App): Promise<void> {
  const files = (await readdir(FOLDER)).map((name) => new URL(name, FOLDER).href)
  for (const file of new Set([...files, SHARED_SCRIPT.href])) {
    const name = basename(file)
    const type = PAGE_TYPES[extname(name)]
    if (type === undefined) continue
    const loadPage = lazyImport(async () => createStaticFile(await readFile(new URL(file)), { type, policy: POLICY }))
    app.get(name === 'index.html' ? '/' : `/playground/${name}`, { schema: { hide: true } }, async (request, reply) =>
      sendStaticFile(request, reply, await loadPage())
    )
  }
}
