import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { CONFIG_VARIABLES } from '../../src/config/variables.ts'

interface Service {
  readonly image?: string
  readonly build?: {
    readonly context: string
    readonly dockerfile: string
    readonly args?: Readonly<Record<string, string>>
  }
  readonly environment: Readonly<Record<string, unknown>>
  readonly ports: readonly string[]
  readonly volumes?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: object
}

const compose = parse(readFileSync('docker/compose.yaml', 'utf8')) as {
  services: Record<string, Service>
  volumes: object
}
const services = Object.entries(compose.services)

t.test('every image is built here or pinned by digest', async (t) => {
  for (const [name, { image, build }] of services) {
    if (build === undefined) t.match(image, /:v?\d[\w.-]*@sha256:[0-9a-f]{64}$/, name)
    else t.ok(existsSync(join('docker', build.context, build.dockerfile)), `${name} is built from ${build.dockerfile}`)
  }
})

t.test('the image that is built here has the default decoder', async (t) => {
  const { context = '', dockerfile = '', args } = compose.services['posterframe']?.build ?? {}
  const file = readFileSync(join('docker', context, dockerfile), 'utf8')
  t.match(args, { BUILD_FLAGS: '--with-libav' })
  t.match(file, /^ARG BUILD_FLAGS=$\nRUN node scripts\/build\.mjs \$\{BUILD_FLAGS\}$/m, 'and no other has it')
})

t.test('the service knows every variable', async (t) => {
  const known: readonly string[] = CONFIG_VARIABLES.map(({ name }) => name)
  const names = services
    .flatMap(([, { environment }]) => Object.keys(environment))
    .filter((name) => name.startsWith('POSTERFRAME_'))
  t.ok(names.length > 0)
  for (const name of names) t.ok(known.includes(name), name)
})

t.test('every port is bound to loopback', async (t) => {
  for (const port of services.flatMap(([, { ports }]) => ports)) t.match(port, /^127\.0\.0\.1:/)
})

t.test('services depend on healthy services, and mount declared volumes', async (t) => {
  for (const [name, { depends_on: needs = {}, volumes = [] }] of services) {
    for (const needed of Object.keys(needs)) {
      t.ok(compose.services[needed], `${name} waits for ${needed}`)
      t.ok(compose.services[needed]?.healthcheck, `${needed} has a health check`)
    }
    for (const volume of volumes) t.hasProp(compose.volumes, volume.split(':')[0] ?? '', `${name} mounts ${volume}`)
  }
})

t.test('the service and the S3 server use the same keys and URL', async (t) => {
  const { posterframe, s3 } = compose.services
  t.equal(posterframe?.environment['AWS_ACCESS_KEY_ID'], s3?.environment['ROOT_ACCESS_KEY'])
  t.equal(posterframe?.environment['AWS_SECRET_ACCESS_KEY'], s3?.environment['ROOT_SECRET_KEY'])
  const { hostname, port } = new URL(String(posterframe?.environment['AWS_ENDPOINT_URL_S3']))
  t.ok(compose.services[hostname], 'the name resolves inside the network')
  t.equal(posterframe?.environment['POSTERFRAME_S3_PUBLIC_ENDPOINT'], `http://127.0.0.1:${port}`)
  t.ok(s3?.ports.includes(`127.0.0.1:${port}:${port}`), 'and presigned URLs lead to the published port')
})
