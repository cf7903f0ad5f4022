//! Names of persons in running text: after a cue (联系人:张三) or before a form of address (王五老人).

use super::{Finding, Kind};

/// The hundred and more surnames that nine of ten people have.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝阎宣井索";
/// Surnames of two characters.
const COMPOUND: &[&str] = &[
    "欧阳", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "端木",
    "夏侯", "轩辕", "南宫", "呼延", "西门", "独孤",
];
/// Words after which a name stands.
const CUES: &[&str] = &[
    "联系人",
    "联络人",
    "姓名",
    "当事人",
    "户主",
    "反映人",
    "举报人",
    "申请人",
    "投诉人",
    "我叫",
    "我是",
    "名叫",
    "本人",
    "监护人",
];
/// What may stand between the cue and the name.
const LINKS: &[char] = &[':', ' ', '是', '为', '叫', '-', '"', '“', '('];
/// What may follow a name after a cue, beside the end and everything that is no Chinese character.
const FOLLOWS: &[&str] = &[
    "电话",
    "手机",
    "住",
    "的",
    "先生",
    "女士",
    "等",
    "说",
    "家",
    "今年",
    "联系",
    "身份证",
    "现",
    "老人",
];
/// Forms of address that follow a name.
const ADDRESSES: &[&str] = &[
    "先生",
    "女士",
    "老人",
    "大爷",
    "大妈",
    "大娘",
    "阿姨",
    "奶奶",
    "爷爷",
    "同志",
    "师傅",
    "小朋友",
    "同学",
];
/// What may stand before a name that a form of address follows, beside the beginning and everything
/// that is no Chinese character.
const BEFORE: &str = "的和与由找为给向是请有如及对让被因";
/// Offices and forms of address: 王书记 names an office more than a person.
const OFFICES: &[&str] = &[
    "书记", "主任", "先生", "女士", "老师", "医生", "大爷", "大妈", "大娘", "阿姨", "奶奶", "爷爷",
    "师傅", "同志", "经理", "队长", "院长", "局长", "校长", "科长", "站长", "会长", "某", "某某",
    "小姐", "老人", "姨", "叔", "哥", "姐", "婶", "伯",
];
/// Words that begin like a name.
const WORDS: &[&str] = &[
    "关爱", "关心", "关怀", "关于", "关注", "方便", "方面", "方式", "安排", "安置", "安抚", "安全",
    "安心", "高龄", "高层", "高度", "高血", "常住", "常年", "常见", "成年", "成立", "成为", "时常",
    "时间", "和谐", "温暖", "温馨", "包括", "白天", "明显", "许多", "严重", "管理", "管道", "解决",
    "解除", "应急", "应当", "左右", "党员", "武装", "连续", "满足", "项目", "费用", "曾经", "施工",
    "文化", "文明", "全体", "全部", "全家", "全区", "相关", "周边", "周围", "周末", "房屋", "单身",
    "单独", "单位", "单元", "万余", "万名", "余名", "康复", "顾问", "范围", "任何", "任务", "程序",
    "程度", "陆续", "夏季", "付款", "谢谢", "何时", "马上", "孙子", "孙女", "路边", "路面", "易发",
    "金额", "黄色", "江边", "辛苦", "季节", "华人", "尚未", "尚有", "纪念", "盛夏", "连接", "游玩",
    "游客", "司机", "司法", "师生", "边缘", "景区", "商户", "商业", "荣誉", "明确", "和平", "席位",
    "古稀", "吉祥", "农民", "农村", "农忙", "时候", "时段", "简单", "车辆", "车位", "卫生", "米面",
    "桂花", "全面", "边上", "冷天", "向上", "向前", "于是", "叶子", "石凳", "段落", "齐全", "齐心",
    "安装", "易于", "申请", "章程", "舒适", "童年", "单亲", "成员", "管控", "阳台", "阳光", "路灯",
    "路段", "房东", "房间", "甘愿", "宁静", "宁愿",
];

fn han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

fn starts(chars: &[char], at: usize, word: &str) -> bool {
    let mut rest = chars.get(at..).unwrap_or_default().iter();
    word.chars().all(|c| rest.next() == Some(&c))
}

/// How many characters a surname at a place has.
fn surname(chars: &[char], at: usize) -> Option<usize> {
    if COMPOUND.iter().any(|name| starts(chars, at, name)) {
        return Some(2);
    }
    let first = chars.get(at)?;
    SURNAMES.contains(*first).then_some(1)
}

/// Whether these characters can be a full name: a surname, one or two given characters, no office,
/// no word that only begins like a name.
fn is_name(chars: &[char], start: usize, end: usize) -> bool {
    let Some(given) = surname(chars, start).map(|length| start + length) else {
        return false;
    };
    let part = chars.get(given..end).unwrap_or_default();
    let given: String = part.iter().collect();
    matches!(part.len(), 1 | 2)
        && part.iter().all(|c| han(*c))
        && !OFFICES.contains(&given.as_str())
        && !WORDS.iter().any(|word| starts(chars, start, word))
}

/// The longest name that starts at a place and that something may follow.
fn name_at(chars: &[char], start: usize, follows: impl Fn(usize) -> bool) -> Option<Finding> {
    (2..=4)
        .rev()
        .map(|length| start + length)
        .filter(|end| *end <= chars.len())
        .find(|end| is_name(chars, start, *end) && follows(*end))
        .map(|end| Finding {
            kind: Kind::Name,
            start,
            end,
        })
}

fn after_a_cue(chars: &[char], at: usize) -> Option<Finding> {
    let cue = CUES.iter().find(|cue| starts(chars, at, cue))?;
    let mut start = at + cue.chars().count();
    while chars.get(start).is_some_and(|c| LINKS.contains(c)) {
        start += 1;
    }
    let follows = |end: usize| {
        chars.get(end).is_none_or(|c| !han(*c))
            || FOLLOWS.iter().any(|word| starts(chars, end, word))
    };
    name_at(chars, start, follows)
}

fn before_an_address(chars: &[char], at: usize) -> Option<Finding> {
    let before = at.checked_sub(1).and_then(|before| chars.get(before));
    if before.is_some_and(|c| han(*c) && !BEFORE.contains(*c)) {
        return None;
    }
    name_at(chars, at, |end| {
        ADDRESSES.iter().any(|word| starts(chars, end, word))
    })
}

/// Every probable full name.
pub(super) fn names(chars: &[char]) -> Vec<Finding> {
    let places = 0..chars.len();
    places
        .filter_map(|at| after_a_cue(chars, at).or_else(|| before_an_address(chars, at)))
        .collect()
}
