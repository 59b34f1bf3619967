/** TBD by the store room. */
export type StoreInput = Map<string, unknown>;
/** TBD by the store room. */
export interface DiskStoreInput {
  readonly path: string;
}
