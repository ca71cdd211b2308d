import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { loadConfig } from '../../src/config/config.ts'
import { readManifests, validateManifest, type Manifest } from './manifest.ts'

const all = readManifests()
const objects = [...all].filter(([, { kind }]) => kind !== 'Kustomization')
const kustomizations = [...all].filter(([, { kind }]) => kind === 'Kustomization')
const dockerfile = readFileSync(join(import.meta.dirname, '../../Dockerfile'), 'utf8')
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
  version: string
}
const find = (kind: string, name = 'posterframe'): Manifest => {
  const found = objects
    .map(([, manifest]) => manifest)
    .find((manifest) => manifest.kind === kind && manifest.metadata.name === name)
  if (found === undefined) throw new Error(`No manifest of kind ${kind} is named ${name}.`)
  return found
}
const deployments = [find('Deployment'), find('Deployment', 'posterframe-worker')]
/** Returns the variables of the container, including those of the config maps that it references. */
const listVariables = ({ spec }: Manifest): Record<string, string> => {
  const [{ env, envFrom }] = spec.template.spec.containers
  const maps = new Map<string, string[]>(
    kustomizations
      .flatMap(([, { configMapGenerator = [] }]) => configMapGenerator)
      .map(({ name, literals }) => [name, literals])
  )
  const literals = envFrom.flatMap(({ configMapRef }: any) =>
    configMapRef === undefined ? [] : maps.get(configMapRef.name)
  )
  return Object.fromEntries([
    ...literals.map((literal: string) => /^(\w+)=(.*)$/.exec(literal)?.slice(1)),
    ...env.map(({ name, value }: any) => [name, value])
  ])
}

test('every manifest matches its schema and has no unknown member', async () => {
  assert.ok(objects.length >= 11)
  for (const [path, manifest] of objects) assert.deepEqual(await validateManifest(manifest), [], path)
})

test('the schemas reject wrong types, missing members and unknown members', async () => {
  const good = find('Deployment')
  const change = (edit: (copy: any) => void): Manifest => {
    const copy = structuredClone(good)
    edit(copy)
    return copy
  }
  await assert.rejects(
    validateManifest(
      change(({ spec }) => {
        spec.template.spec.containers[0].ports[0].containerPort = 'http'
      })
    )
  )
  await assert.rejects(
    validateManifest(
      change(({ spec }) => {
        delete spec.selector
      })
    )
  )
  assert.deepEqual(
    await validateManifest(
      change(({ spec }) => {
        spec.template.spec.containers[0].readynessProbe = {}
      })
    ),
    ['/spec/template/spec/containers/0/readynessProbe']
  )
})

test('the kustomizations list every file, and no missing one', () => {
  const named = kustomizations.flatMap(([path, { resources }]) =>
    resources.map((resource: string) => join(dirname(path), resource))
  )
  const files = named.filter((path) => path.endsWith('.yaml'))
  assert.deepEqual(files.sort(), objects.map(([path]) => path).sort())
  for (const [, { namespace }] of kustomizations) assert.equal(namespace, find('Namespace').metadata.name)
})

test('pods use the user, directories, port and command of the image', () => {
  assert.match(dockerfile, /^USER node$/m)
  assert.match(dockerfile, /^EXPOSE 3000$/m)
  for (const {
    spec: {
      template: { spec }
    }
  } of deployments) {
    const [{ image, args, volumeMounts }] = spec.containers
    assert.deepEqual([image, spec.securityContext.runAsUser], [`posterframe:${version}`, 1000])
    assert.deepEqual(args.slice(0, 2), JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? '[]'))
    for (const { name } of volumeMounts) {
      assert.ok(
        spec.volumes.some((volume: any) => volume.name === name && volume.emptyDir.sizeLimit !== undefined),
        name
      )
    }
    const scratch = /POSTERFRAME_SCRATCH_DIR=(\S+)/.exec(dockerfile)?.[1]
    assert.ok(volumeMounts.some(({ mountPath }: any) => mountPath === scratch))
  }
  assert.deepEqual(
    deployments.map(({ spec }) => spec.template.spec.containers[0].args[2]),
    [undefined, 'worker']
  )
  for (const { spec } of deployments) {
    assert.deepEqual(spec.template.spec.containers[0].ports, [{ name: 'http', containerPort: 3000 }])
  }
})

test('pods have no permission that they do not need', () => {
  for (const {
    metadata: { name },
    spec: {
      template: { spec }
    }
  } of deployments) {
    assert.deepEqual(
      [
        spec.automountServiceAccountToken,
        spec.enableServiceLinks,
        spec.securityContext.runAsNonRoot,
        spec.securityContext.seccompProfile.type
      ],
      [false, false, true, 'RuntimeDefault'],
      name
    )
    const [{ securityContext, resources }] = spec.containers
    assert.deepEqual(securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] }
    })
    assert.ok(
      resources.requests.cpu !== undefined &&
        resources.limits.memory !== undefined &&
        resources.limits['ephemeral-storage'] !== undefined
    )
  }
})

test('the environment is a valid configuration of the service', () => {
  for (const deployment of deployments) {
    const variables = listVariables(deployment)
    const image = Object.fromEntries(
      [...dockerfile.matchAll(/(POSTERFRAME_\w+)=(\S+)/g)].map(([, name, value]) => [name, value])
    )
    const keys = {
      POSTERFRAME_API_KEYS: JSON.stringify([{ name: 'page', hash: `sha256:${'a'.repeat(64)}`, verbs: ['read'] }])
    }
    const isOpen = variables['POSTERFRAME_AUTH'] === 'none'
    const config = loadConfig(
      { ...image, ...(isOpen ? {} : keys), ...variables },
      { cpus: 2, tmpdir: '/tmp', lambda: false }
    )
    assert.equal(config.outputBucket, 'my-thumbnails')
    const {
      resources: { requests }
    } = deployment.spec.template.spec.containers[0]
    assert.equal(config.slots, Number(requests.cpu))
    const [scratch] = deployment.spec.template.spec.volumes
    assert.ok(
      2 * config.slots * config.maxSourceBytes < Number.parseInt(scratch.emptyDir.sizeLimit) * 2 ** 30,
      'scratch holds two of the largest videos per slot'
    )
    assert.ok(
      deployment.spec.template.spec.terminationGracePeriodSeconds * 1000 > config.timeoutMs + 10_000,
      'a request in progress can finish'
    )
  }
})

test('selectors and references lead to the pods', () => {
  const [api] = deployments
  const labels = api?.spec.template.metadata.labels
  for (const deployment of deployments) {
    assert.deepEqual(deployment.spec.selector.matchLabels, deployment.spec.template.metadata.labels)
  }
  assert.deepEqual(find('Service').spec.selector, labels)
  assert.deepEqual(find('PodDisruptionBudget').spec.selector.matchLabels, labels)
  assert.deepEqual(find('HorizontalPodAutoscaler').spec.scaleTargetRef, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'posterframe'
  })
  for (const { spec } of deployments) assert.equal(spec.replicas, undefined, 'a fixed number would undo the scaling')
  const {
    spec: {
      scaleTargetRef,
      triggers: [trigger]
    }
  } = find('ScaledObject', 'posterframe-worker')
  assert.equal(scaleTargetRef.name, 'posterframe-worker')
  assert.equal(trigger.authenticationRef.name, find('TriggerAuthentication', 'posterframe-worker').metadata.name)
})
