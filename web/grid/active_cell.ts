/**
 * The one cell that holds the keyboard's place in the grid (roving focus), and how keys
 * move it. Row -1 is the header; column -1 is the tree.
 */
export interface Place {
  row: number;
  column: number;
}

export interface Extent {
  rows: number;
  columns: number;
  hasTree: boolean;
  /** How many rows a page is. */
  page: number;
}

export class ActiveCell {
  place: Place = { row: 0, column: -1 };

  /** Back into what exists, e.g. after rows went away. */
  clamp(extent: Extent): void {
    const first = extent.hasTree ? -1 : 0;
    const row = Math.max(-1, Math.min(this.place.row, extent.rows - 1));
    const column = Math.max(first, Math.min(this.place.column, extent.columns - 1));
    // The corner over the tree is no cell: beside it lies the first header.
    this.place = { row, column: row === -1 ? Math.max(0, column) : column };
  }

  /** Moves by the key; false where the key moves nothing. */
  move(key: string, ctrl: boolean, extent: Extent): boolean {
    const { row, column } = this.place;
    const first = extent.hasTree ? -1 : 0;
    const next: Place = { row, column };
    switch (key) {
      case "ArrowUp":
        next.row = row - 1;
        break;
      case "ArrowDown":
        next.row = row + 1;
        break;
      case "ArrowLeft":
        next.column = column - 1;
        break;
      case "ArrowRight":
        next.column = column + 1;
        break;
      case "PageUp":
        next.row = Math.max(0, row - extent.page);
        break;
      case "PageDown":
        next.row = row + extent.page;
        break;
      case "Home":
        next.column = first;
        if (ctrl) next.row = 0;
        break;
      case "End":
        next.column = extent.columns - 1;
        if (ctrl) next.row = extent.rows - 1;
        break;
      default:
        return false;
    }
    this.place = next;
    this.clamp(extent);
    return true;
  }
}
