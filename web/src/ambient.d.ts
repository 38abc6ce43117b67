declare module 'icon:*' {
  /** The shapes of one Lucide icon, drawn on a 24 × 24 grid. */
  const shapes: string;
  export default shapes;
}

declare module 'guide:*' {
  /** One guide of `docs/huong-dan`: HTML made when the pages are built. */
  const guide: { title: string; parts: { id: string; title: string }[]; html: string };
  export default guide;
}
