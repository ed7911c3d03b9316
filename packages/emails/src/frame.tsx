import type { CSSProperties, ReactNode } from 'react';
import { Body, Column, Container, Head, Html, Preview, Row, Section, Text } from 'react-email';
import { dark, light } from './palette.ts';

const FONT = "'Inter Variable', Inter, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

// Inline styles are what all programs read; those that know dark also read media queries, which need `!important`.
const darkStyles = `@media (prefers-color-scheme: dark) {
.paper, .paper > table > tbody > tr > td { background-color: ${dark.paper} !important; }
.sheet { background-color: ${dark.sheet} !important; border-color: ${dark.line} !important; }
.ink { color: ${dark.ink} !important; }
.ink-2 { color: ${dark.ink2} !important; }
.ink-3, .ink-3 a { color: ${dark.ink3} !important; }
.action { background-color: ${dark.accent} !important; color: ${dark.onAccent} !important; }
.mark { background-color: ${dark.ink} !important; color: ${dark.paper} !important; }
}`;

export interface FrameProps {
  /** Whose mail it is. */
  organisationName: string;
  /** What a list of mails shows after the subject. */
  preview: string;
  /** Why the reader gets this mail, and how it ends. */
  footer: ReactNode;
  children: ReactNode;
}

/** What every mail looks like: one sheet on paper, at most 520 px wide, no pictures to load. */
export function Frame({ organisationName, preview, footer, children }: FrameProps) {
  return (
    <Html>
      <Head>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <style>{darkStyles}</style>
      </Head>
      <Preview useTitleTag={false}>{preview}</Preview>
      <Body className="paper" style={{ backgroundColor: light.paper, fontFamily: FONT, padding: '32px 12px' }}>
        <Container style={{ maxWidth: 520 }}>
          <Section className="sheet" style={sheet}>
            <Row>
              <Column>
                <Letterhead organisationName={organisationName} />
                {children}
              </Column>
            </Row>
          </Section>
          <Text className="ink-3" style={{ ...small, margin: '16px 8px 0' }}>
            {footer}
          </Text>
        </Container>
      </Body>
    </Html>
  );
}

function Letterhead({ organisationName }: { organisationName: string }) {
  const [initial = ''] = organisationName;
  return (
    <Row style={{ marginBottom: 24 }}>
      <Column className="mark" width={36} style={mark} data-skip-in-text>
        {initial.toUpperCase()}
      </Column>
      <Column className="ink" style={{ paddingLeft: 12, fontSize: 15, fontWeight: 600, color: light.ink }}>
        {organisationName}
      </Column>
    </Row>
  );
}

const sheet: CSSProperties = {
  backgroundColor: light.sheet,
  border: `1px solid ${light.line}`,
  // Two values apart: a table with collapsed borders has no corners to round.
  borderCollapse: 'separate',
  borderRadius: 12,
  padding: 28,
};

const mark: CSSProperties = {
  width: 36,
  height: 36,
  borderRadius: 10,
  backgroundColor: light.ink,
  color: light.paper,
  fontSize: 15,
  fontWeight: 600,
  textAlign: 'center',
};

export const heading: CSSProperties = {
  margin: '0 0 12px',
  color: light.ink,
  fontSize: 20,
  lineHeight: '28px',
  fontWeight: 600,
  letterSpacing: '-0.01em',
  overflowWrap: 'anywhere',
};

export const paragraph: CSSProperties = {
  margin: '0 0 20px',
  color: light.ink2,
  fontSize: 15,
  lineHeight: '23px',
  overflowWrap: 'anywhere',
};

export const small: CSSProperties = {
  margin: 0,
  color: light.ink3,
  fontSize: 13,
  lineHeight: '20px',
  overflowWrap: 'anywhere',
};

export const action: CSSProperties = {
  backgroundColor: light.accent,
  color: light.onAccent,
  borderRadius: 8,
  padding: '11px 18px',
  fontSize: 15,
  fontWeight: 600,
};
