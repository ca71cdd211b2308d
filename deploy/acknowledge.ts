import { Stack, Validations } from 'aws-cdk-lib'
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js'
import type { IConstruct } from 'constructs'
import type { PolicyStatement } from './policy.ts'

/** Acknowledges findings of cdk-nag below `scope`, with a reason for each id. */
export function acknowledge (scope: IConstruct, reasons: Readonly<Record<string, string>>): void {
  Validations.of(scope).acknowledge(...Object.entries(reasons).map(([id, reason]) => ({ id, reason })))
}

/** Acknowledges the wildcard resources of `statements`, each by name, so that cdk-nag still reports any other one. */
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
