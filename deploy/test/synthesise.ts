import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { Validations, type Stack } from 'aws-cdk-lib'
import { createApp } from '../create-app.ts'

/** One resource of a template. */
export interface Resource {
  readonly Type: string
  readonly Properties: Readonly<Record<string, unknown>>
  readonly DeletionPolicy?: string
}

/** What synthesising made. */
export interface Synthesised {
  /** Where it lies. */
  readonly outdir: string
  readonly resources: Readonly<Record<string, Resource>>
  /** Resources of a type, by their logical ids. */
  readonly find: (type: string) => Array<[id: string, properties: Record<string, any>]>
  /** The one of a type whose logical id begins so. */
  readonly one: (type: string, beginning: string) => Record<string, any>
  /** Findings of cdk-nag that were argued for: where, which and why. */
  readonly argued: ReadonlyArray<{ readonly path: string, readonly id: string, readonly reason: string }>
}

const directory = mkdtempSync(join(tmpdir(), 'posterframe-synth-'))
after(() => {
  rmSync(directory, { recursive: true, force: true })
})
const { context } = JSON.parse(readFileSync(join(import.meta.dirname, '../cdk.json'), 'utf8')) as {
  context: Record<string, unknown>
}
let count = 0

/**
 * Synthesises as the CDK's program does, offline and without Docker, after `change`. Throws where a finding was not
 * argued for.
 */
export function synthesise (
  options: Readonly<Record<string, string>> = {},
  change: (stack: Stack) => void = () => {}
): Synthesised {
  const outdir = join(directory, String(count++))
  const app = createApp({ outdir, context: { ...context, ...options } })
  change(app.node.findChild('Posterframe') as Stack)
  app.synth()
  const { Resources: resources } = JSON.parse(readFileSync(join(outdir, 'Posterframe.template.json'), 'utf8')) as {
    Resources: Record<string, Resource>
  }
  const find: Synthesised['find'] = (type) =>
    Object.entries(resources)
      .filter(([, { Type }]) => Type === type)
      .map(([id, { Properties }]) => [id, Properties])
  return {
    outdir,
    resources,
    find,
    one (type, beginning) {
      const found = find(type).filter(([id]) => id.startsWith(beginning))
      if (found.length !== 1) throw new Error(`${found.length} of ${type} begin with ${beginning}`)
      return found[0]?.[1] ?? {}
    },
    argued: app.node
      .findAll()
      .flatMap(({ node }) =>
        node.metadata
          .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
          .flatMap(({ data }) =>
            Object.entries(data as Record<string, string>).map(([id, reason]) => ({ path: node.path, id, reason }))
          )
      )
  }
}

/** What stands for `dist/` and ffmpeg: the paths that are looked for, and nothing in them. */
export function makeArtefact (): { readonly dist: string, readonly ffmpeg: string } {
  const dist = join(directory, 'dist')
  mkdirSync(join(dist, 'node_modules/@img/sharp-linux-x64'), { recursive: true })
  writeFileSync(join(dist, 'lambda.mjs'), '')
  const ffmpeg = join(directory, 'ffmpeg')
  writeFileSync(ffmpeg, '')
  return { dist, ffmpeg }
}

/** Joins what CloudFormation will join, with references as `<Name>` and `<Name.Attribute>`. */
export function flatten (value: any): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value?.['Fn::Join'])) {
    return (value['Fn::Join'][1] as unknown[]).map(flatten).join(value['Fn::Join'][0] as string)
  }
  if (value?.Ref !== undefined) return `<${value.Ref}>`
  if (Array.isArray(value?.['Fn::GetAtt'])) return `<${value['Fn::GetAtt'].join('.')}>`
  return JSON.stringify(value)
}
