declare module 'asl-validator' {
  /** Holds a state machine against the schemas of the Amazon States Language and what they cannot say. */
  export default function validate (definition: object): { readonly isValid: boolean, readonly errorsText: (separator: string) => string }
}
