/**
 * The element as a React component: `import { MillraceViewer } from "millrace/react"`.
 *
 * A config is given as a prop and restored when it changes; what the user changes is told by
 * `onConfigUpdate`. React is the page's own.
 */
import {
  type CSSProperties,
  createElement,
  forwardRef,
  useCallback,
  useEffect,
  useImperativeHandle,
  useRef,
} from "react";
import type { Client } from "../client/client.js";
import type { TokenSource } from "../client/relay.js";
import type { Table } from "../client/table.js";
import type { MillraceViewer as ViewerElement } from "../viewer/millrace_viewer.js";
import type { ViewerConfig } from "../viewer/viewer_config.js";

/** What the component takes; every one may be left out. */
export interface MillraceViewerProps {
  /** A table, or a client whose tables are offered; in place of `src` and `feed`. */
  table?: Table | Client | Promise<Table | Client>;
  /** The relay's address, and the feed. */
  src?: string;
  feed?: string;
  token?: TokenSource;
  theme?: string;
  /** The key under which the page's address holds what is set. */
  urlState?: string;
  /** What `restore` takes. */
  config?: Partial<ViewerConfig>;
  /** The config as it is after the user, or `config`, has changed it. */
  onConfigUpdate?: (config: ViewerConfig) => void;
  /** A click on a row or a mark: the row, and filters that find what is behind it. */
  onClick?: (detail: unknown) => void;
  /** What `load` and `restore` failed with; without it the console is told. */
  onError?: (error: unknown) => void;
  className?: string;
  style?: CSSProperties;
  id?: string;
}

/** `ref` is the element itself. */
export const MillraceViewer = forwardRef<ViewerElement, MillraceViewerProps>(
  function MillraceViewer(props, ref) {
    const element = useRef<ViewerElement>(null);
    const latest = useRef(props);
    latest.current = props;
    useImperativeHandle(ref, () => element.current as ViewerElement, []);

    const fail = useCallback((error: unknown) => {
      const { onError } = latest.current;
      if (onError) onError(error);
      else console.error(error);
    }, []);

    useEffect(() => {
      const viewer = element.current;
      if (!viewer) return;
      const onConfig = (event: Event) =>
        latest.current.onConfigUpdate?.((event as CustomEvent<ViewerConfig>).detail);
      const onClick = (event: Event) => latest.current.onClick?.((event as CustomEvent).detail);
      viewer.addEventListener("millrace-config-update", onConfig);
      viewer.addEventListener("millrace-click", onClick);
      return () => {
        viewer.removeEventListener("millrace-config-update", onConfig);
        viewer.removeEventListener("millrace-click", onClick);
      };
    }, []);

    const { table, src, feed, token, theme } = props;
    useEffect(() => {
      const viewer = element.current;
      if (viewer) viewer.token = token;
    }, [token]);
    useEffect(() => {
      if (table) element.current?.load(table).catch(fail);
    }, [table, fail]);

    // By what it says: a config that is written in place is another object each time.
    const config = JSON.stringify(props.config ?? {});
    useEffect(() => {
      element.current?.restore(JSON.parse(config)).catch(fail);
    }, [config, fail]);

    const { className, style, id, urlState } = props;
    return createElement("millrace-viewer", {
      ref: element,
      class: className,
      style,
      id,
      src,
      feed,
      theme,
      "url-state": urlState,
    });
  },
);
