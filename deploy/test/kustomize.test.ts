// Builds the manifests with the program kustomize, as `kubectl apply -k` does.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { parse, stringify } from 'yaml'
import { MANIFEST_FOLDER, parseManifests, validateManifest, type Manifest } from './manifest.ts'

const program = findKustomize()
const skip = program === undefined && 'needs kustomize on the PATH: its package exists for Linux on x64 only'
const directory = mkdtempSync(join(tmpdir(), 'posterframe-kustomize-'))
after(() => {
  rmSync(directory, { recursive: true, force: true })
})
const page = readFileSync(join(import.meta.dirname, '../../docs/deploy.md'), 'utf8')
const example = parse(/```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '') as Record<string, any>

/** Builds a folder. Throws with the message of kustomize if that fails. */
function build (folder: string): Manifest[] {
  return parseManifests(execFileSync(program ?? '', ['build', folder], { encoding: 'utf8' }))
}

/** Returns the program of the optional package, or else the one on the PATH. */
function findKustomize (): string | undefined {
  const name = 'kustomize-linux-x64'
  const { resolve } = createRequire(import.meta.url)
  try {
    return join(dirname(resolve(`@install-binary/${name}/package.json`)), name)
  } catch {
    return spawnSync('kustomize', ['version']).error === undefined ? 'kustomize' : undefined
  }
}

/** Builds a kustomization of a user, whose folder has a copy of this project's manifests. */
function buildOverlay (name: string, kustomization: object): Manifest[] {
  const folder = join(directory, name)
  mkdirSync(folder)
  cpSync(MANIFEST_FOLDER, join(folder, 'deploy/kubernetes'), { recursive: true })
  writeFileSync(join(folder, 'kustomization.yaml'), stringify(kustomization))
  return build(folder)
}

function find (manifests: readonly Manifest[], kind: string, name = 'posterframe'): Manifest {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name)
  assert.ok(found !== undefined, `${kind} ${name}`)
  return found
}

/** Returns the environment that a deployment gets from its config maps. */
function readConfigMaps (manifests: readonly Manifest[], { spec }: Manifest): Record<string, string> {
  const [{ envFrom }] = spec.template.spec.containers
  return Object.assign(
    {},
    ...envFrom.flatMap(({ configMapRef }: any) =>
      configMapRef === undefined ? [] : [find(manifests, 'ConfigMap', configMapRef.name).data]
    )
  ) as Record<string, string>
}

/** Returns the queue and the region that KEDA measures: it reads both from the environment of the workers. */
function readScaledQueue (manifests: readonly Manifest[]): Array<string | undefined> {
  const [trigger] = find(manifests, 'ScaledObject', 'posterframe-worker').spec.triggers
  const authentication = find(manifests, 'TriggerAuthentication', trigger.authenticationRef.name)
  const region = authentication.spec.env.find(({ parameter }: any) => parameter === 'awsRegion')
  const worker = find(manifests, 'Deployment', 'posterframe-worker')
  assert.equal(region.containerName, worker.spec.template.spec.containers[0].name)
  assert.deepEqual([trigger.metadata.queueURL, trigger.metadata.awsRegion], [undefined, undefined])
  const variables = readConfigMaps(manifests, worker)
  return [variables[trigger.metadata.queueURLFromEnv], variables[region.name]]
}

test('every folder can be built, and its objects match their schemas', { skip }, async () => {
  for (const [folder, kinds] of [
    ['base', ['Deployment', 'Service', 'ServiceAccount', 'ConfigMap', 'NetworkPolicy']],
    ['worker', ['Deployment', 'ScaledObject', 'TriggerAuthentication']],
    ['ingress', ['Ingress']]
  ] as const) {
    const manifests = build(join(MANIFEST_FOLDER, folder))
    for (const kind of kinds) assert.ok(manifests.some((manifest) => manifest.kind === kind), `${folder}: ${kind}`)
    for (const manifest of manifests) {
      assert.deepEqual(await validateManifest(manifest), [], `${folder}: ${manifest.kind}`)
      if (manifest.kind !== 'Namespace') assert.equal(manifest.metadata.namespace, 'posterframe')
    }
  }
})

test('the worker includes the base, and scales by the queue that it reads', { skip }, () => {
  const manifests = build(join(MANIFEST_FOLDER, 'worker'))
  for (const manifest of build(join(MANIFEST_FOLDER, 'base'))) {
    assert.deepEqual(find(manifests, manifest.kind, manifest.metadata.name), manifest)
  }
  assert.deepEqual(readScaledQueue(manifests), [
    'https://sqs.eu-central-1.amazonaws.com/111111111111/posterframe',
    'eu-central-1'
  ])
})

test('the Ingress leads to the port of the Service', { skip }, () => {
  const service = find(build(join(MANIFEST_FOLDER, 'base')), 'Service')
  const ingress = find(build(join(MANIFEST_FOLDER, 'ingress')), 'Ingress')
  const [{ http }] = ingress.spec.rules
  const [{ backend }] = http.paths
  assert.equal(backend.service.name, service.metadata.name)
  assert.ok(service.spec.ports.some(({ name }: any) => name === backend.service.port.name))
})

test('the kustomization in docs/deploy.md sets image, buckets, queue, role and host', { skip }, async () => {
  const manifests = buildOverlay('worker', example)
  for (const manifest of manifests) assert.deepEqual(await validateManifest(manifest), [], manifest.kind)
  for (const name of ['posterframe', 'posterframe-worker']) {
    const deployment = find(manifests, 'Deployment', name)
    const { POSTERFRAME_AUTH: auth, ...variables } = readConfigMaps(manifests, deployment)
    assert.equal(deployment.spec.template.spec.containers[0].image, 'registry.example.com/posterframe:0.1.0')
    assert.equal(auth, 'api-key', 'what the example does not name stays')
    assert.equal(variables['POSTERFRAME_OUTPUT_BUCKET'], 'our-thumbnails')
  }
  const queue = 'https://sqs.eu-west-1.amazonaws.com/222222222222/thumbnails'
  assert.deepEqual(readScaledQueue(manifests), [queue, 'eu-west-1'])
  assert.equal(JSON.stringify(manifests).split(queue).length, 2, 'the URL is in one place')
  assert.doesNotMatch(JSON.stringify(manifests), /111111111111|eu-central-1|my-|thumbnails\.example\.com/)
  assert.equal(find(manifests, 'Ingress').spec.rules[0].host, 'posterframe.example.com')
})

test('the same kustomization works without the worker', { skip }, () => {
  const manifests = buildOverlay('base', {
    ...example,
    resources: example.resources.map((resource: string) => resource.replace('/worker', '/base')),
    configMapGenerator: example.configMapGenerator.filter(({ name }: any) => name === 'posterframe')
  })
  assert.equal(manifests.filter(({ kind }) => kind === 'Deployment').length, 1)
  assert.equal(readConfigMaps(manifests, find(manifests, 'Deployment'))['AWS_REGION'], 'eu-west-1')
})
