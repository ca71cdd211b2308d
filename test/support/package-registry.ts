// A registry on loopback that serves installed packages, so that a test can install the npm package without a network.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, dirname, join, resolve } from 'node:path'
import type { Test } from 'tap'

/** Optional packages of hundreds of megabytes; a registry may lack them. */
const LEFT_OUT = /^(@seydx\/|ffmpeg-static$)/

/** Starts a registry that knows the packages in the `node_modules` of the project, and returns its URL. */
export async function startPackageRegistry (t: Test): Promise<string> {
  const root = resolve('node_modules')
  const server = createServer((request, response) => {
    const [, name = '', isArchive] = /^\/((?:@[^/]+\/)?[^/]+?)(\.tgz)?$/.exec(decodeURIComponent(request.url ?? '')) ?? []
    const folder = join(root, name)
    if (name === '' || LEFT_OUT.test(name) || !existsSync(join(folder, 'package.json'))) {
      response.writeHead(404).end('{}')
    } else if (isArchive === undefined) {
      describePackage(response, folder, `${url}/${name}.tgz`)
    } else {
      // npm ignores the name of the folder in an archive.
      const args = ['-c', '-h', '--exclude', 'node_modules', '-C', dirname(folder), basename(folder)]
      response.end(execFileSync('tar', args, { maxBuffer: 2 ** 27 }))
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return url
}

function describePackage (response: ServerResponse, folder: string, tarball: string): void {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string, version: string }
  const { name, version } = manifest
  const versions = { [version]: { ...manifest, dist: { tarball } } }
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions }))
}
