import { Stack, Validations } from 'aws-cdk-lib'
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js'
import type { IConstruct } from 'constructs'
import type { PolicyStatement } from './policy.ts'

/** Says why findings of cdk-nag, by their ids, are as they should be below `scope`. */
export function acknowledge (scope: IConstruct, reasons: Readonly<Record<string, string>>): void {
  Validations.of(scope).acknowledge(...Object.entries(reasons).map(([id, reason]) => ({ id, reason })))
}

/** Says why resources of `statements` end with a star: each by its own name, so that another one is found. */
export function acknowledgeStars (
  scope: IConstruct,
  statements: ReadonlyArray<Pick<PolicyStatement, 'Resource'>>,
  reason: string
): void {
  const resources = statements
    .flatMap(({ Resource }) => Resource)
    .map((resource) => flattenCfnReference(Stack.of(scope).resolve(resource)))
  acknowledge(
    scope,
    Object.fromEntries(
      resources
        .filter((resource) => resource.includes('*'))
        .map((resource) => [`AwsSolutions-IAM5[Resource::${resource}]`, reason])
    )
  )
}
