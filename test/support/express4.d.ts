/** Express 4 brings no types; the contract says what it needs of it. */
declare module 'express4' {
  const express: unknown;
  export default express;
}
