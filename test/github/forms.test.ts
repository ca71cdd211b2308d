import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { dirname } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import manifest from '../../package.json' with { type: 'json' }

interface Update {
  readonly 'package-ecosystem': string
  readonly directory?: string
  readonly directories?: readonly string[]
  readonly schedule: { readonly interval: string }
  readonly cooldown: { readonly 'default-days': number }
  readonly groups: object
  readonly ignore?: ReadonlyArray<{ readonly 'dependency-name': string }>
}
interface Form {
  readonly name: string
  readonly description: string
  readonly body: ReadonlyArray<{ readonly type: string, readonly id: string, readonly attributes: { label: string } }>
}

const readYaml = (path: string) => parse(readFileSync(path, 'utf8')) as unknown

t.test('Dependabot updates every lockfile, image and action, weekly, in groups, after a week', async (t) => {
  const { updates } = readYaml('.github/dependabot.yml') as { updates: Update[] }
  const covered = (ecosystem: string) =>
    updates
      .filter((update) => update['package-ecosystem'] === ecosystem)
      .flatMap(({ directory, directories }) => directories ?? directory ?? [])
      .sort()
  const listDirectories = (pattern: string) => [
    ...new Set(
      execFileSync('git', ['ls-files', pattern], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .map((path) => `/${dirname(path).replace(/^\.$/, '')}`)
    )
  ]
  t.same(covered('npm'), listDirectories('*package-lock.json').sort())
  t.same(covered('docker'), listDirectories('*Dockerfile').sort())
  t.same(covered('docker-compose'), listDirectories('*compose.yaml').sort())
  t.same(covered('github-actions'), ['/'])
  for (const { schedule, cooldown, groups } of updates) {
    t.equal(schedule.interval, 'weekly')
    t.ok(cooldown['default-days'] >= 7)
    t.ok(Object.keys(groups).length > 0)
  }
})

t.test('Dependabot ignores only packages that are installed', async (t) => {
  const { updates } = readYaml('.github/dependabot.yml') as { updates: Update[] }
  const installed = Object.keys({ ...manifest.devDependencies, ...manifest.optionalDependencies })
  for (const { 'dependency-name': name } of updates[0]?.ignore ?? []) {
    const pattern = new RegExp(`^${name.replace('*', '.*')}$`)
    t.ok(
      installed.some((each) => pattern.test(each)),
      name
    )
  }
})

t.test('issue forms have labelled fields with ids of their own', async (t) => {
  const directory = '.github/ISSUE_TEMPLATE'
  const names = readdirSync(directory).filter((name) => name !== 'config.yml')
  t.same(names, ['bug.yml', 'feature.yml'])
  for (const name of names) {
    const { description, body } = readYaml(`${directory}/${name}`) as Form
    t.ok(description, name)
    t.equal(new Set(body.map(({ id }) => id)).size, body.length)
    for (const { type, attributes } of body) {
      t.match(type, /^(input|textarea|dropdown|checkboxes)$/)
      t.ok(attributes.label)
    }
  }
})

t.test('security reports go to the private form of this repository', async (t) => {
  const { contact_links: links } = readYaml('.github/ISSUE_TEMPLATE/config.yml') as { contact_links: [{ url: string }] }
  t.equal(links[0].url, `${manifest.homepage.replace('#readme', '')}/security/advisories/new`)
  t.ok(existsSync('.github/pull_request_template.md'))
})
