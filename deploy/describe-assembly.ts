import { resolve } from 'node:path'
import type { CloudAssembly } from 'aws-cdk-lib/cx-api'

/** The members of a CloudFormation template that are described. */
interface Template {
  readonly Resources?: Readonly<Record<string, { readonly Type: string }>>
  readonly Outputs?: Readonly<Record<string, { readonly Description?: string }>>
}

/** Describes what the stacks of an assembly would deploy: the resources by type, and the outputs. */
export function describeAssembly ({ stacks, directory }: Pick<CloudAssembly, 'stacks' | 'directory'>): string {
  const parts = stacks.map(({ stackName, template }) => describeTemplate(stackName, template as Template))
  return [...parts, `The templates are in ${resolve(directory)}.`].join('\n\n')
}

function describeTemplate (name: string, { Resources: resources = {}, Outputs: outputs = {} }: Template): string {
  const counts = new Map<string, number>()
  for (const { Type: type } of Object.values(resources)) counts.set(type, (counts.get(type) ?? 0) + 1)
  const types = [...counts].sort(([one], [other]) => (one < other ? -1 : 1))
  const width = Math.max(0, ...Object.keys(outputs).map(({ length }) => length))
  return [
    `The stack ${name} has ${Object.keys(resources).length} resources:`,
    ...types.map(([type, count]) => `${String(count).padStart(5)} ${type}`),
    '',
    'A deployment prints these outputs:',
    ...Object.entries(outputs).map(([output, { Description: text = '' }]) =>
      `  ${output.padEnd(width)} ${text}`.trimEnd()
    )
  ].join('\n')
}
