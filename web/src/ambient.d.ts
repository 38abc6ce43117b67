declare module 'icon:*' {
  /** The shapes of one Lucide icon, drawn on a 24 × 24 grid. */
  const shapes: string;
  export default shapes;
}
