import { readdir, readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { lazyImport } from '../../runtime/lazy-import.ts'
import type { App } from '../services.ts'
import { createStaticFile, sendStaticFile } from '../static-file.ts'

/** Beside this file in the sources, and beside the bundle in what ships. */
const FILES = new URL('../playground/', import.meta.url)
/** How files are sent, which the client has too; the bundle has it with the others. */
const SENDING = new URL('../../client/send-file.js', import.meta.url)

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8'
}

// Scripts and styles are files of this service, and nothing else runs. Pictures come from wherever the store signs
// its URLs for, and uploads go there; where that is, only the store's client knows. `blob:` is the caller's own
// video, before it is sent.
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
 * `GET /`: a page to try the service on that needs nothing from outside. Its files are read when somebody asks for
 * them, and kept.
 */
export async function registerPlayground (app: App): Promise<void> {
  const files = (await readdir(FILES)).map((name) => new URL(name, FILES).href)
  for (const file of new Set([...files, SENDING.href])) {
    const name = basename(file)
    const type = MEDIA_TYPES[extname(name)]
    if (type === undefined) continue
    const loadPage = lazyImport(async () => createStaticFile(await readFile(new URL(file)), { type, policy: POLICY }))
    app.get(name === 'index.html' ? '/' : `/playground/${name}`, { schema: { hide: true } }, async (request, reply) =>
      sendStaticFile(request, reply, await loadPage())
    )
  }
}
